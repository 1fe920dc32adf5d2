# Verifies messages with Mail::DKIM, a second verifier: the same zone as for
# check_dkim.py. Releases before 1.20230911 don't know Ed25519; they have to
# say so of each such signature, and pass the others.
# usage: check_dkim.pl ZONE SIGNATURES FILE...
use strict;
use warnings;
use Mail::DKIM::Verifier;

my ($zone_file, $count, @files) = @ARGV;
my %zone;
{
    local $/;
    open my $in, '<', $zone_file or die "$zone_file: $!";
    my $text = <$in>;
    while ($text =~ /^(\S+)\s+(?:\d+\s+)?(?:IN\s+)?TXT\s+(\([^)]*\)|"[^\n]*)/mg)
    {
        my ($name, $strings) = ($1, $2);
        $name =~ s/\.$//;
        $zone{$name} = join '', $strings =~ /"([^"]*)"/g;
    }
}

{
    package Answer;
    sub type { 'TXT' }
    sub char_str_list { @{$_[0]} }
    sub txtdata { wantarray ? @{$_[0]} : join '', @{$_[0]} }
}
{
    no warnings 'redefine';
    *Mail::DKIM::DNS::query = sub {
        my ($name, $type) = @_;
        my $text = $zone{$name};
        return defined $text ? (bless [$text], 'Answer') : ();
    };
}

my $bad = 0;
for my $file (@files) {
    my $dkim = Mail::DKIM::Verifier->new;
    open my $in, '<:raw', $file or die "$file: $!";
    $dkim->load($in);
    my @signatures = $dkim->signatures;
    if (@signatures != $count) {
        printf "%s: %d signatures\n", $file, scalar @signatures;
        $bad = 1;
    }
    for my $signature (@signatures) {
        next if $signature->result eq 'pass';
        next if $signature->algorithm eq 'ed25519-sha256'
            && $signature->result_detail =~ /unsupported algorithm/;
        printf "%s: %s: %s\n", $file, $signature->algorithm,
            $signature->result_detail;
        $bad = 1;
    }
}
printf "%d messages verified\n", scalar @files unless $bad;
exit $bad;
