/* Each relay: reached, its certificate, what it offers, let in or not. No
 * message is begun. */
#include <string.h>

#include "digest/base/clock.h"
#include "digest/base/mem.h"
#include "digest/delivery/relays.h"
#include "digest/doctor/doctor.h"
#include "digest/sender/dialer.h"

enum { TIMEOUT_MS = 20 * 1000 };

static void say_up(struct doctor *d, const struct relay_settings *settings,
                   const struct smtp_url *url, const struct smtp_caps *caps)
{
    bool clear = settings->tls_none && !url->tls;
    const char *in = caps->authenticated
                         ? arena_format(&d->arena, "let in as %s", url->user)
                         : "no AUTH";
    if (clear && !url->loopback)
        doctor_say(d, FINDING_WARNING, "relay", "take tls: none out",
                   "%s: everything, the password too, goes over the network in "
                   "the clear",
                   settings->url);
    else if (!caps->authenticated && url->user)
        doctor_say(d, FINDING_WARNING, "relay",
                   "name its file as transport.password_file",
                   "%s: has a user, but there is no password", settings->url);
    else
        doctor_say(d, FINDING_FINE, "relay", "", "%s answers (%s, %s%s%s)",
                   settings->url,
                   clear ? "in the clear, on this machine" : "TLS, verified",
                   in, caps->pipelining ? ", PIPELINING" : "",
                   caps->smtputf8 ? ", SMTPUTF8" : "");
}

/* Waits until the call stands, it failed, or its time is over. */
static enum call_state wait_for(struct dialer *dialer, struct call *call)
{
    int64_t end = clock_monotonic_ms() + TIMEOUT_MS;
    while (call_state(call) == CALL_DIALING && clock_monotonic_ms() < end) {
        dialer_wait(dialer, NULL, 0, 200);
        dialer_turn(dialer);
    }
    return call_state(call);
}

static void call_up(struct doctor *d, struct dialer *dialer,
                    const struct relay_settings *settings,
                    const struct smtp_url *url)
{
    struct call *call = dialer_call(dialer, settings, url);
    dialer_turn(dialer);
    switch (wait_for(dialer, call)) {
    case CALL_UP:
        say_up(d, settings, url, call_caps(call));
        break;
    case CALL_FAILED:
        doctor_fail(d, "relay", call_fault(call));
        break;
    case CALL_DIALING: {
        struct err late;
        err_set(&late, ERR_TEMPORARY,
                "%s: %s within %d seconds; check host and port, and that no "
                "firewall stands between",
                settings->url,
                call_connected(call) ? "takes the connection and says nothing"
                                     : "doesn't answer",
                TIMEOUT_MS / 1000);
        doctor_fail(d, "relay", &late);
        break;
    }
    }
    call_close(call);
}

static void look_at_relay(struct doctor *d, struct dialer *dialer,
                          struct relay_settings *settings,
                          const struct conf_relay *conf)
{
    struct smtp_url url = {0};
    struct err err = {0};
    settings->password_file = conf->password_file;
    if (smtp_url_parse(settings->url, &url, &err))
        call_up(d, dialer, settings, &url);
    else
        doctor_fail(d, "relay", &err);
    smtp_url_free(&url);
}

/* Looks at a folder that mail goes to; nobody has to be called up. */
static void look_at_folder(struct doctor *d,
                           const struct relay_settings *settings)
{
    OWNED(sender_release) struct sender *sender = NULL;
    struct err err = {0};
    if (!sender_new(settings, 1, &sender, &err))
        doctor_fail(d, "relay", &err);
}

void doctor_relays(struct doctor *d)
{
    OWNED(relays_free) struct relays relays = {0};
    struct dialer *dialer = NULL;
    struct err err = {0};
    if (!d->conf->relay_count)
        return; /* the settings' part has said so */
    if (!relays_make(d->conf, &relays, &err) || !dialer_new(&dialer, &err)) {
        doctor_fail(d, "relay", &err);
        return;
    }
    for (size_t i = 0; i < relays.count; i++) {
        struct relay_settings *settings = &relays.items[i];
        if (str_starts_nocase(str_of(settings->url), STR("smtp://")) ||
            str_starts_nocase(str_of(settings->url), STR("smtps://")))
            look_at_relay(d, dialer, settings, &d->conf->relays[i]);
        else
            look_at_folder(d, settings);
    }
    dialer_free(dialer);
}
