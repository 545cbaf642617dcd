# Draws compared.svg and predicted.svg from the files of the same names that scripts/predict-scaling writes.
set datafile separator ","
set terminal svg size 900,420 font "sans-serif,12" background "white"
set key outside right top
set grid
set logscale xy

set output "compared.svg"
set title "A step with next to nothing to compute: prediction against measurement"
set xlabel "measured, ms"
set ylabel "predicted, ms"
set key autotitle columnhead
is(link, way, same) = strcol(1) eq link && (strcol(2) eq way) == same
plot x with lines lc rgb "gray" title "as predicted", \
  "compared.csv" using (is("loopback", "all-reduce", 1) ? $5 : 1/0):6 \
  with points pt 7 title "all-reduce, loopback (fitted)", \
  "" using (is("loopback", "all-reduce", 0) ? $5 : 1/0):6 with points pt 6 title "driver, loopback (fitted)", \
  "" using (is("10 Gbit/s", "all-reduce", 1) ? $5 : 1/0):6 with points pt 9 title "all-reduce, 10 Gbit/s", \
  "" using (is("10 Gbit/s", "all-reduce", 0) ? $5 : 1/0):6 with points pt 8 title "driver, 10 Gbit/s", \
  "" using (is("1 Gbit/s", "all-reduce", 1) ? $5 : 1/0):6 with points pt 5 title "all-reduce, 1 Gbit/s", \
  "" using (is("1 Gbit/s", "all-reduce", 0) ? $5 : 1/0):6 with points pt 4 title "driver, 1 Gbit/s"

set output "predicted.svg"
set multiplot layout 1,2
set title "1 Gbit/s"
set xlabel "executors"
set ylabel "ms a step"
set key inside left top
plot for [column=3:8] "predicted.csv" using (strcol(1) eq "1" ? $2 : 1/0):column \
  with linespoints title columnhead(column)
set title "10 Gbit/s"
plot for [column=3:8] "predicted.csv" using (strcol(1) eq "10" ? $2 : 1/0):column \
  with linespoints title columnhead(column)
unset multiplot
