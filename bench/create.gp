# KVM_CREATE_VCPU against the number of vCPUs that exist: base and patched.
# Variables: data (the directory of the figures), out (the SVG to write)
set terminal svg size 640,400 font 'sans-serif,12' background 'white'
set output out
set logscale xy 2
set xlabel 'vCPUs that exist'
set ylabel 'guest instructions'
set format y '%.0f'
set grid
set key top left
points(name) = sprintf("< sed -n 's/^create_\\([0-9]\\+\\) /\\1 /p' %s/counted.%s", data, name)
plot points('base') using 1:2 with linespoints title 'KVM\_CREATE\_VCPU, base', \
     points('patched') using 1:2 with linespoints title 'KVM\_CREATE\_VCPU, patched'
