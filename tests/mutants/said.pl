#!/usr/bin/perl
# said.pl LOG: the one line with which a test, a sanitizer or the kernel says
# what is wrong.
use strict;
use warnings;

my ($fault, $assert, $where, $message, $unit, $case);

while (<>) {
	s/\r//g;
	s/^\[ *[\d.]+\] //;
	if (/((?:WARNING|BUG|Oops|KASAN|UBSAN|general protection fault|Kernel panic)\b.*)/ && !/ThreadSanitizer/) {
		$fault //= $1;
	} elsif (/((?:Address|Thread|Leak)Sanitizer: [\w -]+\w)/ || /(runtime error: .*)/) {
		$unit //= $1 =~ s/ on (unknown )?address.*//r;
	} elsif (/Test Assertion Failure/) {
		$assert = 1;
	# First the condition, then the call trace, which is numbered, then the text.
	} elsif ($assert && /^  ([\w.\/]+\.c:\d+: .*)/) {
		$where //= $1;
	} elsif ($assert && /^  (?!pid=)(\S.*)/) {
		$message //= $1;
	} elsif (/^# .*?([\w.]+:\d+: .*)/) {
		$unit //= $1;
	} elsif (/^not ok (?:\d+ )?(?:- )?(.*)/) {
		$case //= $1;
	}
}

$_ = $fault // $message // $where // $unit // $case // '';
# What differs from run to run, and where the compiler was.
s/0x[0-9a-f]{6,}/0x.../g;
s/, CPU#.*//;
s{\S*/\.\./}{}g;
s{, /\S+\.log$}{};
s/\s+/ /g;
print substr($_, 0, 120);
