/* Reads a feed of either form, XML or JSON, and imports its entries. */
#include "digest/sources/feed/feed_internal.h"

#include "digest/base/charset.h"
#include "digest/base/mem.h"
#include "digest/sources/feed/feed_parts_internal.h"
#include "digest/sources/xml_text_internal.h"

bool feed_read(const struct import_bytes *input, struct feed_reading *reading,
               struct err *err)
{
    OWNED(strbuf_free) struct strbuf text = STRBUF_INIT;
    OWNED(strbuf_free) struct strbuf mended = STRBUF_INIT;
    charset_to_utf8(input->bytes, input->charset, &text);
    if (str_starts(str_trim(strbuf_str(&text)), STR("{")))
        return feed_read_json(input, strbuf_str(&text), reading, err);
    xml_mend(strbuf_str(&text), &mended);
    strbuf_free(&text);
    return feed_read_xml(input, strbuf_str(&mended), reading, err);
}

static bool take(void *context, struct feed_reading *reading,
                 struct entry *entry, struct err *err)
{
    (void)reading;
    return import_entry(context, entry, err);
}

/* An empty feed that is fetched again and again is told of once. */
static void tell_empty(struct import_run *run, const char *name)
{
    OWNED(mem_free) char *line = mem_format("%s: has no items", name);
    import_told(run,
                run->options->was_fetched ? IMPORT_LEFT_OUT : IMPORT_DOUBTED,
                line);
}

bool import_feed(struct import_run *run, const struct import_bytes *input,
                 struct err *err)
{
    struct feed_reading reading = {
        .feed_arena = &run->arena, .take = take, .context = run};
    if (!feed_read(input, &reading, err))
        return false;
    if (!reading.entries)
        tell_empty(run, input->name);
    return true;
}
