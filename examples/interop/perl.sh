#!/usr/bin/env bash
# Perl's Net::POP3, which gives lines with LF (but over TLS with CRLF). STLS and TLS need IO::Socket::SSL, SASL Authen::SASL.
. "$(dirname "$0")/common.sh"
client "Perl Net::POP3" "$(perl -MNet::POP3 -e 'print $Net::POP3::VERSION' 2>/dev/null)"
serve alice bob
cat >"$T/session.pl" <<'PERL'
use strict;
use warnings;
use Net::POP3;
my ($way, $login, $host, $port, $certificate, $folder) = @ARGV;
my @tls = (SSL_ca_file => $certificate, SSL_verifycn_name => 'localhost');
my $pop = Net::POP3->new($host, Port => $port, Timeout => 20, $way eq 'TLS' ? (SSL => 1, @tls) : ()) or die "connect: $@";
if ($way eq 'STLS') { $pop->starttls(@tls) or die "STLS: " . $pop->message }
my $count = $login eq 'APOP' ? $pop->apop('alice', 'secret')
    : $login eq 'SASL' ? ($pop->auth('alice', 'secret') ? ($pop->popstat)[0] : undef)
    : $pop->login('alice', 'secret');
die "login: " . $pop->message unless defined $count;
my ($sizes, $uids) = ($pop->list, $pop->uidl);
mkdir $folder;
for my $number (1 .. $count) {
    my $lines = $pop->get($number) or die "RETR $number: " . $pop->message;
    open my $file, '>:raw', "$folder/$number" or die $!;
    print $file @$lines;
    close $file;
    @{$pop->top($number, 0)} > 5 or die "TOP $number";
}
$pop->delete(1) or die "DELE: " . $pop->message;
$pop->reset; # what it returns means nothing
print "$_ $sizes->{$_}\n" for sort { $a <=> $b } keys %$sizes;
print "$_ $uids->{$_}\n" for sort { $a <=> $b } keys %$uids;
$pop->quit;
PERL

ways=("plain USER" "plain APOP")
perl -MAuthen::SASL -e1 2>/dev/null && ways+=("plain SASL")
perl -MIO::Socket::SSL -e1 2>/dev/null && ways+=("STLS USER" "TLS USER" "TLS APOP")
for way in "${ways[@]}"; do
    read -r channel login <<<"$way"
    port=$PORT
    [ "$channel" != TLS ] || port=$TLS_PORT
    run "$way" perl "$T/session.pl" "$channel" "$login" "$HOST" "$port" "$CA" "$T/$channel.$login"
    want "$way: LIST" "$(head -7 "$T/log")" "$LISTING"
    # Over TLS it is IO::Socket::SSL that reads the lines, and leaves their CRLF alone.
    lines=(--lf)
    [ "$channel" = plain ] || lines=()
    all "$way: all messages" "$T/$channel.$login" "${lines[@]}"
done
want "left on server after all that" "$(held alice)" "$ALL"
run "DELE and QUIT" perl -MNet::POP3 -e '
    my $pop = Net::POP3->new($ARGV[0], Port => $ARGV[1], Timeout => 20);
    $pop->login("bob", "secret") == 7 or die; $pop->delete($_) or die for 1, 5; $pop->quit or die' "$HOST" "$PORT"
want "these two are deleted" "$(held bob)" "dots mime latin1 long endless"
