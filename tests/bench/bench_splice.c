/* How many messages a second one core splices: 30 KB, four slots in the body
 * (two of them twice), To, Message-ID and List-Unsubscribe in the header.
 *
 * usage: bench_splice [MESSAGES] */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "digest/base/mem.h"
#include "digest/message/message.h"

#define SLOT(name) "\x02" name "\x03"

enum { PEOPLE = 1024, BODY_BYTES = 28000 };

struct person {
    char address[64], name[64], id[64], url[128], preferences[128], view[128];
    char mailto[128];
};

static void make_person(struct person *p, int i)
{
    static const char token[] = "k3jx7q2mzn5vbh4wr6tyc8fs9dpgl1aeu0oi3jx7q2m";
    snprintf(p->address, sizeof p->address, "reader%d@example.net", i);
    snprintf(p->name, sizeof p->name, i % 4 ? "Reader %d" : "Léa Durand %d", i);
    snprintf(p->id, sizeof p->id, "12.%d.%s@news.example.org", i, token + 20);
    snprintf(p->url, sizeof p->url, "https://news.example.org/u/%s%d", token,
             i);
    snprintf(p->preferences, sizeof p->preferences,
             "https://news.example.org/preferences/%s%d", token, i);
    snprintf(p->view, sizeof p->view, "https://news.example.org/v/%s%d", token,
             i);
    snprintf(p->mailto, sizeof p->mailto, "mailto:unsubscribe+%s%d@example.org",
             token, i);
}

static struct message *compose(void)
{
    OWNED(strbuf_free) struct strbuf html = STRBUF_INIT;
    strbuf_add_text(&html, "<html><body><p>Dear " SLOT("greeting") ",</p>");
    while (html.len < BODY_BYTES - 4000)
        strbuf_add_text(&html,
                        "<p style=\"margin: 0 0 16px\">A paragraph of an "
                        "article, of the usual kind — and length.</p>\n");
    strbuf_add_text(
        &html,
        "<a href=\"" SLOT(
            "unsubscribe_url") "\">Leave</a>"
                               "<a href=\"" SLOT(
                                   "preferences_url") "\">Choose</a>"
                                                      "<a href=\"" SLOT(
                                                          "view_url") "\">View<"
                                                                      "/a></"
                                                                      "html>"
                                                                      "\n");
    OWNED(strbuf_free) struct strbuf text = STRBUF_INIT;
    strbuf_add_text(&text, "Dear " SLOT("greeting") ",\n\n");
    while (text.len < 4000)
        strbuf_add_text(&text, "A paragraph of an article, as plain text.\n");
    strbuf_add_text(&text, "Leave: " SLOT("unsubscribe_url") "\n");
    struct message_spec spec = {.from_name = "The Weekly",
                                .from_address = "weekly@example.org",
                                .subject = "Twelve good stories",
                                .date = 1795200000,
                                .html = strbuf_text(&html),
                                .text = strbuf_text(&text),
                                .list_label = "weekly",
                                .list_domain = "example.org",
                                .unsubscribe_https = true,
                                .unsubscribe_mailto = true,
                                .auto_submitted = "auto-generated",
                                .precedence_bulk = true};
    struct message *message = NULL;
    struct err err = {0};
    if (!message_compose(&spec, &message, &err)) {
        fprintf(stderr, "%s\n", err.text);
        exit(1);
    }
    return message;
}

static size_t splice_one(const struct message *message,
                         const struct person *person, struct strbuf *out)
{
    struct message_value values[] = {
        {"greeting", str_of(person->name)},
        {"unsubscribe_url", str_of(person->url)},
        {"preferences_url", str_of(person->preferences)},
        {"view_url", str_of(person->view)},
        {"unsubscribe_mailto", str_of(person->mailto)},
    };
    struct message_recipient recipient = {.address = str_of(person->address),
                                          .name = str_of(person->name),
                                          .message_id = str_of(person->id),
                                          .values = values,
                                          .value_count = ARRAY_SIZE(values)};
    struct err err = {0};
    strbuf_cut(out, 0);
    if (!message_splice(message, &recipient, out, &err)) {
        fprintf(stderr, "%s\n", err.text);
        exit(1);
    }
    return out->len;
}

static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

int main(int argc, char **argv)
{
    long messages = argc > 1 ? atol(argv[1]) : 1000000;
    OWNED(mem_free)
    struct person *people = MEM_NEW_ARRAY(struct person, PEOPLE);
    for (int i = 0; i < PEOPLE; i++)
        make_person(&people[i], i);
    OWNED(message_release) struct message *message = compose();
    OWNED(strbuf_free) struct strbuf out = STRBUF_INIT;
    size_t bytes = 0;
    double begin = seconds();
    for (long i = 0; i < messages; i++)
        bytes += splice_one(message, &people[i % PEOPLE], &out);
    double took = seconds() - begin;
    printf("%.0f messages a second a core, %.1f KB each\n",
           (double)messages / took, (double)bytes / (double)messages / 1000);
    return 0;
}
