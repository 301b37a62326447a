# A step of a walk over all vCPUs, and a lookup by ID, against their number.
# Variables: data (the directory of the figures), out (the SVG to write)
set terminal svg size 1000,460 font 'sans-serif,12' background 'white'
set output out
set multiplot layout 1,2
set logscale xy
set xtics ('8' 8, '64' 64, '512' 512, '4096' 4096, '65536' 65536)
set xrange [6:90000]
set xlabel 'vCPUs'
set ylabel 'ns'
set format y '10^{%L}'
set grid
set key top left Left reverse samplen 2
set style data yerrorlines
set linetype 1 lc rgb '#b03060' pt 7 ps 0.5
set linetype 2 lc rgb '#e08030' pt 7 ps 0.5
set linetype 3 lc rgb '#7050b0' pt 7 ps 0.5
set linetype 4 lc rgb '#909090' pt 7 ps 0.5
set linetype 5 lc rgb '#008060' pt 7 ps 0.5 lw 2
set linetype 6 lc rgb '#000000' pt 7 ps 0.5 dt 2
points(name) = sprintf("< grep '^%s ' %s/containers.data", name, data)
set title 'a step of kvm\_for\_each\_vcpu()'
set yrange [0.1:1000]
plot points('walk/xarray-preempt') using 2:3:4:5 title 'xarray, PREEMPT\_RCU', \
     points('walk/xarray') using 2:3:4:5 title 'xarray', \
     points('walk/rcu-preempt') using 2:3:4:5 title 'table freed by RCU, PREEMPT\_RCU', \
     points('walk/segments') using 2:3:4:5 title 'segments', \
     points('walk/new') using 2:3:4:5 title 'growable array', \
     points('walk/bare') using 2:3:4:5 title 'bare C array'
set title 'kvm\_get\_vcpu\_by\_id()'
set yrange [0.1:1e8]
plot points('random/base') using 2:3:4:5 title 'before, IDs are no indices', \
     points('stride8/new') using 2:3:4:5 title 'stride 8', \
     points('random/new') using 2:3:4:5 title 'random', \
     points('stride4/new') using 2:3:4:5 title 'stride 4', \
     points('dense/new') using 2:3:4:5 title 'dense', \
     points('dense/get') using 2:3:4:5 title 'kvm\_get\_vcpu()'
unset multiplot
