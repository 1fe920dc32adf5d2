/* A file or a folder on this machine, whose files are of any kind. */
#include "digest/sources/source_kind.h"
#include "digest/sources/source_turn_internal.h"

static enum source_sureness recognise_path(const char *path)
{
    (void)path;
    return SOURCE_BY_NAME;
}

static bool fetch(struct source_turn *turn, struct err *err)
{
    return import_path(turn->db, turn->source->address, &turn->options,
                       turn->report, err);
}

extern const struct source_kind source_kind_path;
const struct source_kind source_kind_path = {
    .name = "path",
    .source_noun = "folder",
    .recognise_path = recognise_path,
    .fetch = fetch,
};
