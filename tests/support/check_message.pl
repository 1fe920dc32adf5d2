# Reads a message with MIME::Parser, a second parser beside Python's, and
# fails on any complaint of it.
# usage: check_message.pl FILE [HEADER=VALUE | text=FILE | html=FILE]...
# HEADER=VALUE compares a decoded header; text=FILE and html=FILE a part's
# decoded bytes.
use strict;
use warnings;
use Encode qw(decode encode);
use MIME::Parser;

sub must { my ($holds, $problem) = @_; die "check_message: $problem\n" unless $holds }

my ($path, @expected) = @ARGV;
my $parser = MIME::Parser->new;
$parser->output_to_core(1);
$parser->tmp_to_core(1);
my $message = $parser->parse_open($path) or die "$path: no message\n";
must(!$parser->results->errors, join ' ', $parser->results->errors);
must(!$parser->results->warnings, join ' ', $parser->results->warnings);
must(!$message->is_multipart || $message->effective_type eq 'multipart/alternative',
    'not multipart/alternative but ' . $message->effective_type);

my %parts;
my @parts = $message->is_multipart ? $message->parts : ($message);
must(@parts == ($message->is_multipart ? 2 : 1), 'not two parts');
for my $name ('text', 'html') {
    my $part = shift @parts or last;
    must($part->effective_type eq ($name eq 'text' ? 'text/plain' : 'text/html'),
        "$name is " . $part->effective_type);
    must(lc $part->head->mime_attr('content-type.charset') eq 'utf-8', "$name: charset");
    my $bytes = $part->bodyhandle->as_string;
    decode('UTF-8', my $copy = $bytes, Encode::FB_CROAK);
    $parts{$name} = $bytes;
}

for my $pair (@expected) {
    my ($name, $value) = split /=/, $pair, 2;
    if ($name eq 'text' || $name eq 'html') {
        open my $in, '<:raw', $value or die "$value: $!";
        my $wanted = do { local $/; <$in> };
        # Line ends are the parser's own.
        s/\r\n/\n/g for $wanted, $parts{$name};
        must($parts{$name} eq $wanted, "$name: $parts{$name} is not $wanted");
        next;
    }
    must($message->head->count($name) == 1, "$name: not one");
    my $got = $message->head->get($name);
    $got =~ s/\r?\n(?=[ \t])//g;
    $got =~ s/\s+\z//;
    $got = encode('UTF-8', decode('MIME-Header', $got));
    must($got eq $value, "$name: $got");
}
