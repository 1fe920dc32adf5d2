/* Runs `digest serve`: the web server, until it is told to stop. */
#include <signal.h>
#include <stdio.h>

#include "digest/base/log.h"
#include "digest/base/mem.h"
#include "digest/cli/app.h"
#include "digest/web/server.h"

static struct server *running;

static void stop_running(int signal_number)
{
    (void)signal_number;
    server_stop(running);
}

static bool public_html(void *context, int64_t issue_id,
                        const unsigned char *subscriber_key,
                        struct strbuf *html, struct err *err)
{
    const struct app *app = context;
    struct conductor conductor = app_conductor(app);
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    struct issue issue;
    return issue_get_by_id(app->db, issue_id, &arena, &issue, err) &&
           conductor_public_html(
               &conductor, &issue, subscriber_key,
               arena_format(&arena, "../archive/%s/", issue.newsletter), html,
               err);
}

static bool run_serve(struct invocation *call, struct err *err)
{
    OWNED(app_close) struct app app = {0};
    OWNED(server_release) struct server *server = NULL;
    const char *listen = option_get(call, "--listen");
    if (!invocation_count(call, 0, 0, err) || !app_open(&app, call, err))
        return false;
    struct conductor conductor = app_conductor(&app);
    struct web_settings settings = {
        .listen = listen ? listen : app.conf.listen,
        .db = app.db,
        .keys = app.keys,
        .templates = app.templates,
        .site_name = app.conf.site_name,
        .base_url = app.conf.base_url,
        .postal_address = app.conf.postal_address,
        .view = {public_html, &app},
        .archive = &conductor,
        .trusted_proxies = app.conf.trusted_proxies,
        .client_header = app.conf.client_header,
        .conf = &app.conf,
    };
    if (!server_new(&settings, &server, err))
        return false;
    running = server;
    struct sigaction action = {.sa_handler = stop_running};
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    log_note("Serving the readers' pages on %s, port %u. Interrupt ends it.",
             settings.listen, server_port(server));
    if (!server_run(server, err))
        return false;
    log_note("Stopped.");
    return true;
}

const struct command serve_commands[] = {
    {"serve",
     NULL,
     "",
     "serve the pages that links in messages lead to",
     {{"--listen", "ADDR:PORT", "in place of http.listen"}, {0}},
     run_serve},
    {0},
};
