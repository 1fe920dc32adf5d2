/* Runs `digest archive`: writes past issues into a folder. */
#include <stdio.h>

#include "digest/archive/archive.h"
#include "digest/base/mem.h"
#include "digest/cli/app.h"

/* Finds the address that the archive will have, ending in a slash; NULL: not
 * known. */
static bool find_url(const struct invocation *call, const struct conf *conf,
                     char **out, struct err *err)
{
    const char *given = option_get(call, "--url");
    if (!given) {
        *out =
            conf->base_url ? mem_format("%s/archive/", conf->base_url) : NULL;
        return true;
    }
    struct str url = str_of(given);
    bool good =
        str_starts(url, STR("https://")) || str_starts(url, STR("http://"));
    for (const char *c = given; *c; c++)
        good = good && (unsigned char)*c > ' ' && !strchr("\"<>?#", *c);
    if (!good)
        return err_set(err, ERR_USAGE,
                       "--url \"%.100s\": has to be an address such as "
                       "https://example.org/newsletters/",
                       given);
    *out = mem_format("%s%s", given, str_ends(url, STR("/")) ? "" : "/");
    return true;
}

static bool run_archive(struct invocation *call, struct err *err)
{
    OWNED(app_close) struct app app = {0};
    OWNED(mem_free) char *url = NULL;
    struct archive_report report;
    if (!invocation_count(call, 1, 1, err) || !app_open(&app, call, err) ||
        !find_url(call, &app.conf, &url, err))
        return false;
    struct conductor conductor = app_conductor(&app);
    if (!archive_write(&conductor, call->args[0], url, &report, err))
        return false;
    printf("Wrote %s: %zu %s of %zu %s; %zu %s new or changed.\n",
           call->args[0], report.issues,
           plural((int64_t)report.issues, "issue", "issues"),
           report.newsletters,
           plural((int64_t)report.newsletters, "newsletter", "newsletters"),
           report.written,
           plural((int64_t)report.written, "file is", "files are"));
    return true;
}

const struct command archive_commands[] = {
    {"archive",
     NULL,
     "DIR",
     "write past issues as pages with a feed, for any web server",
     {{"--url", "URL", "where DIR will be found (default: base_url/archive/)"},
      {0}},
     run_archive},
    {0},
};
