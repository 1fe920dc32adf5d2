/* What helps, said in commands. */
#include "digest/cli/remedies.h"

const char *const cli_remedies[REMEDY_COUNT] = {
    [REMEDY_LIST_SOURCES] = "`digest source list` shows them",
    [REMEDY_LIST_ARTICLES] = "`digest article list` shows them",
    [REMEDY_LIST_ISSUES] = "`digest issue list {}` shows those there are",
    [REMEDY_LIST_SUBSCRIBERS] = "`digest subscriber list` shows who is",
    [REMEDY_LIST_SUPPRESSIONS] = "`digest suppression list` shows who is",
    [REMEDY_SHOW_ARTICLE] = "`digest article show {}` lists those it has",
    [REMEDY_EDIT_ARTICLE] = "edit it instead (`digest article edit {}`)",
    [REMEDY_ADD_SUBSCRIBER] =
        ("add somebody with `digest subscriber add EMAIL --newsletter "
         "{}`"),
    [REMEDY_CREATE_NEWSLETTER] = "make one with `digest newsletter create`",
    [REMEDY_DRAFT] = "draft one with `digest issue draft {}`",
    [REMEDY_EXPLAIN_DRAFT] = ("`digest issue draft {} --explain` says why each "
                              "was left out"),
    [REMEDY_TAKE_IN] = "--pin {} takes it in",
    [REMEDY_LINT] = ("`digest lint {}` shows all, and --anyway sends it in "
                     "spite of them"),
    [REMEDY_CANCEL_ISSUE] = "cancel that first (`digest issue cancel {}`)",
    [REMEDY_SEE_ALL] = "leave --for away to see the copy of everybody",
    [REMEDY_NAME_KIND] = "say what it is with --format",
    [REMEDY_SET_PASSWORD] = "`digest editor passwd` changes its password",
    [REMEDY_MAKE_DATABASE] = "`digest init` makes one",
    [REMEDY_MAKE_CONFIG] = ("`digest init` makes one, or name its folder with "
                            "-C DIR"),
    [REMEDY_MAKE_KEY] = "`digest dkim keygen` makes one",
    [REMEDY_REPLACE] = "with --replace it is put aside, not lost",
    [REMEDY_SETTLE_RESTORED] =
        "then `digest run --restored` takes what was due for done, and goes on",
};
