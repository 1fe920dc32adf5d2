/* What helps, said in the desk's pages. */
#include "digest/web/desk/desk.h"

const char *const desk_remedies[REMEDY_COUNT] = {
    [REMEDY_LIST_SOURCES] = "it is among the sources",
    [REMEDY_LIST_ARTICLES] = "look for it under Articles",
    [REMEDY_LIST_ISSUES] = "look for it under Issues",
    [REMEDY_LIST_SUBSCRIBERS] = "look for them under Readers",
    [REMEDY_EDIT_ARTICLE] = "edit it instead",
    [REMEDY_ADD_SUBSCRIBER] = "add somebody under Readers",
    [REMEDY_CREATE_NEWSLETTER] = "make one under Newsletters",
    [REMEDY_DRAFT] = "draft one under Issues",
    [REMEDY_LINT] = "its page shows all of them",
    [REMEDY_CANCEL_ISSUE] = "delete that issue first",
    [REMEDY_SEE_ALL] = "leave the address empty to see the copy of everybody",
};
