/* Names the roles of editors. */
#include <string.h>

#include "digest/access/editor.h"
#include "digest/base/mem.h"

static const char *const names[] = {
    [ROLE_WRITER] = "writer",
    [ROLE_EDITOR] = "editor",
    [ROLE_OWNER] = "owner",
};

const char *editor_role_name(enum editor_role role)
{
    return names[role];
}

bool editor_role_parse(const char *name, enum editor_role *out)
{
    for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
        if (strcmp(name, names[i]) != 0)
            continue;
        *out = (enum editor_role)i;
        return true;
    }
    return false;
}

const char *editor_shown(const struct editor *editor)
{
    return *editor->name ? editor->name : editor->email;
}
