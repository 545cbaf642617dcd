# Draws runs/prices.svg: the price of every eighth house, what the model predicts, and intervals of 95 %.
set terminal svg size 800,400 font "sans,12"
set output "runs/prices.svg"
set datafile separator ","
set key top left
set xlabel "predicted price, thousands"
set ylabel "price, thousands"
rows = "< awk 'NR == 1 || NR % 8 == 0' runs/prices/part-*"
thousands(name) = column(name) / 1000
plot rows using (thousands("prediction")):(thousands("prediction")):(thousands("lower95")):(thousands("upper95")) \
  with yerrorbars pointtype 7 pointsize 0.2 linecolor "#8fb5e0" title "95 % interval", \
  rows using (thousands("prediction")):(thousands("price")) \
  with points pointtype 7 pointsize 0.4 linecolor "#c0392b" title "price"
