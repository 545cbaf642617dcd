# Draws runs/waves.svg: the rows, the mean, and bands of 95 %.
set terminal svg size 800,400 font "sans,12"
set output "runs/waves.svg"
set datafile separator ","
set key top center horizontal
set xlabel "x"
set ylabel "y"
set yrange [-4:4]
rows = "< cat runs/waves/part-*"
plot rows using "x":"lower95":"upper95" with filledcurves linecolor "#cfe0f5" title "95 % interval", \
  rows using "x":"prediction" with lines linecolor "#1f5fa8" linewidth 2 title "mean", \
  "conf/examples/data/waves.csv" using "x":"y" with points pointtype 7 pointsize 0.3 linecolor "#c0392b" title "rows"
