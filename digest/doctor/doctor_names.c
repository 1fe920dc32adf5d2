/* Examines the senders' names in the DNS: where replies and bounces go, whether
 * the relay may send for them, the key that signs, the policy. */
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "digest/base/mem.h"
#include "digest/delivery/signing.h"
#include "digest/doctor/doctor.h"
#include "digest/doctor/mail_records_internal.h"
#include "digest/doctor/spf_internal.h"
#include "digest/sender/smtp_url.h"

static void say_silent(struct doctor *d, const char *name)
{
    doctor_say(d, FINDING_UNSURE, "dns",
               "try again where there is a network (/etc/resolv.conf)",
               "the DNS doesn't answer for %s: what it says was not looked at",
               name);
}

static const char *domain_of(const char *address)
{
    const char *at = strrchr(address, '@');
    return at ? at + 1 : address;
}

/* ---- where mail to them goes ---- */

/* False when the DNS is silent. */
static bool look_at_mail_servers(struct doctor *d, const char *domain,
                                 const char *what)
{
    static const char remedy[] =
        "publish an MX record that names a server which takes mail for it";
    struct dns_answer mx, address;
    enum dns_status status = dns_ask(&d->dns, domain, DNS_MX, &d->arena, &mx);
    if (status == DNS_FAILED)
        return false;
    if (status == DNS_FOUND && strcmp(mx.texts[0], ".") == 0)
        doctor_say(d, FINDING_WARNING, "mx", remedy,
                   "%s says that it takes no mail (a null MX), and %s", domain,
                   what);
    else if (status == DNS_FOUND)
        doctor_say(d, FINDING_FINE, "mx", "", "mail to %s goes to %s", domain,
                   mx.texts[0]);
    else if (dns_ask(&d->dns, domain, DNS_A, &d->arena, &address) ==
                 DNS_FOUND ||
             dns_ask(&d->dns, domain, DNS_AAAA, &d->arena, &address) ==
                 DNS_FOUND)
        doctor_say(d, FINDING_WARNING, "mx", remedy,
                   "%s has no MX record; mail to it goes to its address, %s",
                   domain, address.texts[0]);
    else
        doctor_say(d, FINDING_WARNING, "mx", remedy,
                   "%s has neither MX nor address in the DNS, and %s", domain,
                   what);
    return true;
}

/* ---- SPF ---- */

static void say_spf(struct doctor *d, const char *domain, const char *host,
                    const char *address, const struct spf *spf)
{
    switch (spf->verdict) {
    case SPF_PASS:
        doctor_say(d, FINDING_FINE, "spf", "",
                   "%s lets %s (%s) send for it, by \"%s\"", domain, host,
                   address, spf->term);
        break;
    case SPF_NONE:
        doctor_say(d, FINDING_WARNING, "spf",
                   arena_format(&d->arena,
                                "publish: %s. IN TXT \"v=spf1 a:%s ~all\", or "
                                "what the relay's operator says",
                                domain, host),
                   "%s has no SPF record; large receivers want one", domain);
        break;
    case SPF_PERMERROR:
        doctor_say(d, FINDING_WARNING, "spf",
                   arena_format(&d->arena, "mend the TXT record of %s", domain),
                   "the SPF record of %s is wrong: %s", domain, spf->why);
        break;
    case SPF_TEMPERROR:
        say_silent(d, domain);
        break;
    case SPF_UNKNOWN:
        doctor_say(d, FINDING_UNSURE, "spf", "",
                   "whether %s lets %s send depends on the message (\"%s\")",
                   domain, host, spf->record);
        break;
    default:
        doctor_say(
            d, FINDING_WARNING, "spf",
            "ask the relay's operator which include: it wants, unless it "
            "sends on through servers that are covered; from here that can't "
            "be known",
            "%s doesn't list %s (%s): %s, by \"%s\"", domain, host, address,
            spf_verdict_name(spf->verdict), spf->record);
        break;
    }
}

/* The first of its addresses of each family that isn't of this machine. */
static void look_at_spf_of(struct doctor *d, const char *domain,
                           const struct smtp_url *url)
{
    static const enum dns_type types[] = {DNS_A, DNS_AAAA};
    unsigned char bytes[16];
    struct spf spf;
    bool any = false;
    if (inet_pton(url->ipv6 ? AF_INET6 : AF_INET, url->host, bytes) == 1) {
        spf_check(&d->dns, domain, url->host, &d->arena, &spf);
        say_spf(d, domain, url->host, url->host, &spf);
        return;
    }
    for (size_t i = 0; i < ARRAY_SIZE(types); i++) {
        struct dns_answer answer;
        if (dns_ask(&d->dns, url->host, types[i], &d->arena, &answer) !=
            DNS_FOUND)
            continue;
        any = true;
        spf_check(&d->dns, domain, answer.texts[0], &d->arena, &spf);
        say_spf(d, domain, url->host, answer.texts[0], &spf);
        if (spf.verdict == SPF_NONE || spf.verdict == SPF_PERMERROR)
            return;
    }
    if (!any)
        doctor_say(d, FINDING_UNSURE, "spf", "",
                   "%s has no address in the DNS, so whether %s lets it send "
                   "can't be known",
                   url->host, domain);
}

static void look_at_spf(struct doctor *d, const char *domain)
{
    for (size_t i = 0; i < d->conf->relay_count; i++) {
        struct smtp_url url = {0};
        struct err err;
        if (strncmp(d->conf->relays[i].url, "smtp", 4) != 0 ||
            !smtp_url_parse(d->conf->relays[i].url, &url, &err))
            continue;
        if (url.loopback)
            doctor_say(d, FINDING_UNSURE, "spf",
                       arena_format(&d->arena,
                                    "look yourself: the public address of this "
                                    "machine has to be in the TXT record "
                                    "\"v=spf1 …\" of %s",
                                    domain),
                       "the relay is on this machine: by which address it "
                       "sends can't be known from here");
        else
            look_at_spf_of(d, domain, &url);
        smtp_url_free(&url);
    }
}

/* ---- DKIM ---- */

static const char *publish_key(struct doctor *d, const struct dkim_key *key)
{
    OWNED(strbuf_free) struct strbuf record = STRBUF_INIT;
    dkim_record_text(key, &record);
    return arena_format(&d->arena, "publish: %s._domainkey.%s. IN TXT \"%s\"",
                        dkim_key_selector(key), dkim_key_domain(key),
                        strbuf_text(&record));
}

static void say_dkim(struct doctor *d, const struct dkim_key *key,
                     const struct dkim_published *found)
{
    const char *remedy = publish_key(d, key);
    if (found->state == RECORD_UNKNOWN)
        say_silent(d, found->name);
    else if (found->state == RECORD_MISSING)
        doctor_say(d, FINDING_ERROR, "dkim", remedy,
                   "%s isn't published: each signature fails", found->name);
    else if (found->state == RECORD_BROKEN)
        doctor_say(d, FINDING_ERROR, "dkim", remedy,
                   "%s is published, but wrong: %s", found->name, found->why);
    else if (found->revoked)
        doctor_say(d, FINDING_ERROR, "dkim", remedy,
                   "%s is revoked (an empty p=)", found->name);
    else if (!dkim_record_matches(key, str_of(found->record)))
        doctor_say(d, FINDING_ERROR, "dkim", remedy,
                   "%s is published with another key: each signature fails",
                   found->name);
    else if (found->testing)
        doctor_say(d, FINDING_WARNING, "dkim", "take t=y out of the record",
                   "%s matches, but says that it is only a test", found->name);
    else
        doctor_say(d, FINDING_FINE, "dkim", "",
                   "%s is published, and is our key", found->name);
}

static void look_at_dkim(struct doctor *d)
{
    for (size_t i = 0; i < d->conf->dkim_count; i++) {
        const struct conf_dkim *dkim = &d->conf->dkim[i];
        OWNED(dkim_key_release) struct dkim_key *key = NULL;
        struct dkim_published found;
        struct err err; /* said by the files' part */
        if (!dkim_key_load(dkim->key, dkim->domain, dkim->selector, &key, &err))
            continue;
        dkim_find(&d->dns, dkim->selector, dkim->domain, &d->arena, &found);
        say_dkim(d, key, &found);
    }
}

/* ---- DMARC ---- */

static bool signs_for(const struct doctor *d, const char *domain, bool strict)
{
    for (size_t i = 0; i < d->conf->dkim_count; i++)
        if (dmarc_aligned(d->conf->dkim[i].domain, domain, strict))
            return true;
    return false;
}

static void say_alignment(struct doctor *d, const char *domain,
                          const char *envelope, const struct dmarc *dmarc)
{
    if (signs_for(d, domain, dmarc->strict_dkim))
        doctor_say(d, FINDING_FINE, "dmarc", "",
                   "the policy of %s is %s (at %s); our signature counts as "
                   "its own",
                   domain, dmarc->policy, dmarc->at);
    else
        doctor_say(
            d, FINDING_WARNING, "dmarc",
            arena_format(&d->arena,
                         "sign as %s: `digest dkim keygen`, then dkim: in "
                         "digest.yaml, unless the relay signs",
                         domain),
            "the policy of %s is %s, and no key in digest.yaml signs for it%s",
            domain, dmarc->policy,
            dmarc_aligned(envelope, domain, dmarc->strict_spf)
                ? "; SPF alone has to do"
                : "; nor is the envelope's domain its own");
}

static void look_at_dmarc(struct doctor *d, const char *domain,
                          const char *envelope)
{
    struct dmarc dmarc;
    const char *remedy =
        arena_format(&d->arena,
                     "publish: _dmarc.%s. IN TXT \"v=DMARC1; p=none; "
                     "rua=mailto:postmaster@%s\"",
                     domain, domain);
    dmarc_find(&d->dns, domain, &d->arena, &dmarc);
    switch (dmarc.state) {
    case RECORD_UNKNOWN:
        say_silent(d, domain);
        break;
    case RECORD_MISSING:
        doctor_say(d, FINDING_WARNING, "dmarc", remedy,
                   "%s has no DMARC record; large receivers want one", domain);
        break;
    case RECORD_BROKEN:
        doctor_say(d, FINDING_WARNING, "dmarc", remedy,
                   "the DMARC record of %s is wrong: %s", domain, dmarc.why);
        break;
    case RECORD_FOUND:
        say_alignment(d, domain, envelope, &dmarc);
        break;
    }
}

/* ---- reports of complaints ---- */

/* Mailbox providers that follow RFC 9477 send them where CFBL-Address says,
 * which has to be signed. */
static void look_at_complaints(struct doctor *d, const char *domain)
{
    const struct conf *conf = d->conf;
    const char *address = signing_complaints_to(conf);
    if (!address) {
        doctor_say(d, FINDING_FINE, "complaints", "",
                   "mail of %s has no CFBL-Address: digest.yaml names no "
                   "bounces.address and mailbox where reports would be read",
                   domain);
        return;
    }
    switch (signing_cover(conf->dkim, conf->dkim_count, domain, address)) {
    case COVER_BOTH:
        doctor_say(d, FINDING_FINE, "complaints", "",
                   "mail of %s asks for reports at %s (CFBL-Address), and is "
                   "signed for it",
                   domain, address);
        break;
    case COVER_NOT_FROM:
        doctor_say(d, FINDING_FINE, "complaints", "",
                   "mail of %s has no CFBL-Address: no key in digest.yaml "
                   "signs for %s",
                   domain, domain);
        break;
    case COVER_NOT_ADDRESS:
        doctor_say(d, FINDING_WARNING, "complaints",
                   arena_format(&d->arena,
                                "add a key of %s to dkim: in digest.yaml, or "
                                "choose a bounces.address of %s",
                                domain_of(address), domain),
                   "mail of %s has no CFBL-Address: no key in digest.yaml "
                   "signs for %s, where reports would go",
                   domain, address);
        break;
    case COVER_TOO_MANY:
        doctor_say(d, FINDING_WARNING, "complaints",
                   "take away keys that aren't needed any more",
                   "mail of %s has no CFBL-Address: with the keys for %s it "
                   "would have more than %d signatures",
                   domain, address, DKIM_KEYS_MAX);
        break;
    }
}

/* ---- all of them ---- */

static bool is_among(const struct doctor_domains *domains, const char *domain)
{
    for (size_t i = 0; i < domains->count; i++)
        if (strcasecmp(domains->items[i], domain) == 0)
            return true;
    return false;
}

void doctor_names(struct doctor *d)
{
    struct doctor_domains domains;
    struct err err = {0};
    const char *bounces =
        d->conf->bounce_address ? domain_of(d->conf->bounce_address) : NULL;
    if (!conf_sends_mail(d->conf))
        return; /* nothing leaves this machine */
    if (!doctor_domains(d, &domains, &err)) {
        doctor_fail(d, "dns", &err);
        return;
    }
    for (size_t i = 0; i < domains.count; i++)
        look_at_complaints(d, domains.items[i]);
    for (size_t i = 0; i < domains.count; i++) {
        const char *domain = domains.items[i];
        const char *envelope = bounces ? bounces : domain;
        if (!look_at_mail_servers(d, domain, "newsletters are sent from it")) {
            say_silent(d, domain);
            return; /* each question would take its time */
        }
        if (!bounces)
            look_at_spf(d, domain);
        look_at_dmarc(d, domain, envelope);
    }
    if (bounces) {
        if (!is_among(&domains, bounces) &&
            !look_at_mail_servers(d, bounces, "bounces are to go there"))
            say_silent(d, bounces);
        look_at_spf(d, bounces);
    }
    look_at_dkim(d);
}
