/* Fills the slots of one recipient's message. */
#include "digest/delivery/build_internal.h"

#include <inttypes.h>
#include <string.h>

#include "digest/base/encode.h"
#include "digest/base/escape.h"
#include "digest/base/mem.h"
#include "digest/base/random.h"
#include "digest/base/slot.h"
#include "subscribers/tokens/links.h"

void build_values_free(struct build_values *values)
{
    strbuf_free(&values->greeting);
    strbuf_free(&values->unsubscribe_url);
    strbuf_free(&values->unsubscribe_mailto);
    strbuf_free(&values->preferences_url);
    strbuf_free(&values->view_url);
    strbuf_free(&values->message_id);
    strbuf_free(&values->envelope);
}

static void write_link(const struct build *build, enum token_link link,
                       const struct token *token, bool inert,
                       struct strbuf *out)
{
    strbuf_cut(out, 0);
    if (!build->conf->base_url)
        return;
    if (inert)
        strbuf_add_format(out, "%s%spreview", build->conf->base_url,
                          link_path(link));
    else
        link_write(build->keys, build->conf->base_url, link, *token, out);
}

/* Mail to this address with the token in its subject unsubscribes. */
static void write_mailto(const struct build *build, const struct token *token,
                         bool inert, struct strbuf *out)
{
    const char *address = build->conf->bounce_address
                              ? build->conf->bounce_address
                              : build->newsletter->from_address;
    strbuf_cut(out, 0);
    strbuf_add_text(out, "mailto:");
    for (const char *c = address; *c; c++)
        if (*c == '@')
            strbuf_add_char(out, '@');
        else
            url_encode(out, (struct str){c, 1});
    strbuf_add_text(out,
                    inert ? "?subject=preview" : "?subject=unsubscribe%20");
    if (!inert)
        token_write_local(build->keys, token, out);
}

/* The same for the same issue and reader, so that a repeat is known for one;
 * a copy for nobody in particular has one of its own each time. */
static void write_message_id(const struct build *build,
                             const unsigned char *key, struct strbuf *out)
{
    strbuf_cut(out, 0);
    if (key) {
        token_message_id(build->keys, build->issue->id, key, out);
    } else {
        char bytes[16];
        random_bytes(bytes, sizeof bytes);
        base32_encode(out, (struct str){bytes, sizeof bytes});
    }
    strbuf_add_format(out, ".%s.%" PRId64 "@%s", build->newsletter->slug,
                      build->issue->number,
                      build_domain(build->newsletter->from_address));
}

/* bounces+TOKEN@example.org where bounces are read, so that each comes back
 * with its reader's name on it; the sender's address elsewhere. */
static void write_envelope(const struct build *build, const struct token *token,
                           bool inert, struct strbuf *out)
{
    const char *bounces = build->conf->bounce_address;
    strbuf_cut(out, 0);
    if (!bounces || inert) {
        strbuf_add_text(out,
                        bounces ? bounces : build->newsletter->from_address);
        return;
    }
    const char *at = strrchr(bounces, '@');
    strbuf_add(out, bounces, (size_t)(at - bounces));
    strbuf_add_char(out, '+');
    token_write_local(build->keys, token, out);
    strbuf_add_text(out, at);
}

void build_fill(const struct build *build,
                const struct build_recipient *recipient, struct build_values *v)
{
    struct token token = {.newsletter_id = build->newsletter->id,
                          .issue_id = build->issue->id};
    bool inert = !recipient->key;
    if (!inert)
        memcpy(token.subscriber_key, recipient->key, SUBSCRIBER_KEY_SIZE);
    strbuf_cut(&v->greeting, 0);
    const struct build_voice *voice =
        recipient->voice ? recipient->voice : build->voice;
    strbuf_add_text(&v->greeting, voice->greeting[recipient->name.len ? 1 : 0]);
    strbuf_add_str(&v->greeting, recipient->name);
    if (recipient->name.len)
        strbuf_add_text(&v->greeting, voice->greeting[2]);
    token.purpose = TOKEN_UNSUBSCRIBE;
    write_mailto(build, &token, inert, &v->unsubscribe_mailto);
    write_link(build, LINK_UNSUBSCRIBE, &token, inert, &v->unsubscribe_url);
    if (!v->unsubscribe_url.len)
        strbuf_add_str(&v->unsubscribe_url, strbuf_str(&v->unsubscribe_mailto));
    write_link(build, LINK_PREFERENCES, &token, inert, &v->preferences_url);
    write_link(build, LINK_VIEW, &token, inert, &v->view_url);
    token.purpose = TOKEN_RETURN_PATH;
    write_envelope(build, &token, inert, &v->envelope);
    write_message_id(build, recipient->key, &v->message_id);
    v->values[0] =
        (struct message_value){RENDER_SLOT_GREETING, strbuf_str(&v->greeting)};
    v->values[1] = (struct message_value){RENDER_SLOT_UNSUBSCRIBE,
                                          strbuf_str(&v->unsubscribe_url)};
    v->values[2] = (struct message_value){"unsubscribe_mailto",
                                          strbuf_str(&v->unsubscribe_mailto)};
    v->values[3] =
        (struct message_value){RENDER_SLOT_VIEW, strbuf_str(&v->view_url)};
    v->values[4] = (struct message_value){RENDER_SLOT_PREFERENCES,
                                          strbuf_str(&v->preferences_url)};
}

bool build_splice(const struct message *message,
                  const struct build_recipient *recipient,
                  const struct build_values *values, struct strbuf *out,
                  struct err *err)
{
    struct message_recipient to = {
        .address = recipient->email,
        .name = recipient->name,
        .message_id = strbuf_str(&values->message_id),
        .values = values->values,
        .value_count = ARRAY_SIZE(values->values),
    };
    return message_splice(message, &to, out, err);
}

static struct str value_of(const struct build_values *values, struct str slot)
{
    for (size_t i = 0; i < ARRAY_SIZE(values->values); i++)
        if (str_equal(slot, str_of(values->values[i].slot)))
            return values->values[i].value;
    return STR("");
}

void build_fill_text(struct str rendered, bool is_html,
                     const struct build_values *values, struct strbuf *out)
{
    while (rendered.len) {
        bool marked = str_find(rendered, SLOT_OPEN) < rendered.len;
        strbuf_add_str(out, str_cut(&rendered, SLOT_OPEN));
        if (!marked)
            return;
        struct str value = value_of(values, str_cut(&rendered, SLOT_CLOSE));
        if (is_html)
            html_escape(out, value);
        else
            strbuf_add_str(out, value);
    }
}
