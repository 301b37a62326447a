#!/usr/bin/perl
# apply.pl MUTANT TREE: makes the changes of a mutant in a tree, or says why not.
#
# A mutant's first line is "WHAT IS BROKEN; caught by TEST".  What follows is
# like a patch without numbers, so that it goes on applying while the code around
# it changes:
#   = FILE [FUNCTION]   where; without a function, anywhere in the file
#   -LINE, +LINE,  LINE as in a patch; must be there once
use strict;
use warnings;

my ($mutant, $tree) = @ARGV;
my (@changes, %text);

open(my $in, '<', $mutant) or die "error: $mutant: $!\n";
<$in>;
while (my $line = <$in>) {
	if ($line =~ /^= (\S+)(?: (\S+))?$/) {
		push @changes, { file => $1, function => $2, old => '', new => '' };
	} elsif (@changes && $line =~ /^([-+ ])(.*\n)$/) {
		$changes[-1]{old} .= $2 if $1 ne '+';
		$changes[-1]{new} .= $2 if $1 ne '-';
	} elsif ($line !~ /^(#.*)?$/) {
		die "error: $mutant:$.: neither '= FILE' nor a line of a change\n";
	}
}
die "error: $mutant changes nothing\n" unless @changes;

for my $change (@changes) {
	my ($file, $function, $old) = @$change{qw(file function old)};
	my ($start, $length);

	if (!defined $text{$file}) {
		local $/;
		open(my $f, '<', "$tree/$file") or die "error: $file: $!\n";
		$text{$file} = <$f>;
	}
	($start, $length) = (0, length $text{$file});
	if ($function) {
		$text{$file} =~ /^[A-Za-z][^;{}]*\b\Q$function\E\([^;{}]*\)\n\{\n.*?^\}\n/ms
			or die "error: $file has no function $function()\n";
		($start, $length) = ($-[0], $+[0] - $-[0]);
	}

	my $body = substr($text{$file}, $start, $length);
	# Whole lines only.
	my @found;
	push @found, $-[0] while $body =~ /^\Q$old\E/mg;
	die "error: not in $file" . ($function ? ", $function()" : '') . ":\n$old" unless @found;
	die "error: more than once in $file" . ($function ? ", $function()" : '') . ":\n$old" if @found > 1;
	substr($text{$file}, $start + $found[0], length $old) = $change->{new};
}

for my $file (keys %text) {
	open(my $out, '>', "$tree/$file") or die "error: $file: $!\n";
	print $out $text{$file};
	close($out) or die "error: $file: $!\n";
}
