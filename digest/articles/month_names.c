#include "digest/articles/month_names.h"

#include "digest/articles/category.h"
#include "digest/base/mem.h"

/* Folded as category_slug folds, in the form that stands in a date. Latin
 * ones may be cut; in other scripts a word is whole. */
static const char *const names[][12] = {
    {"january", "february", "march", "april", "may", "june", "july", "august",
     "september", "october", "november", "december"},
    {"januar", "februar", "maerz", "april", "mai", "juni", "juli", "august",
     "september", "oktober", "november", "dezember"},
    {"janner", "feber", "marz", "april", "mai", "juni", "juli", "august",
     "sept", "okt", "november", "dez"},
    {"janvier", "fevrier", "mars", "avril", "mai", "juin", "juillet", "aout",
     "septembre", "octobre", "novembre", "decembre"},
    {"enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto",
     "septiembre", "octubre", "noviembre", "diciembre"},
    {"janeiro", "fevereiro", "marco", "abril", "maio", "junho", "julho",
     "agosto", "setembro", "outubro", "novembro", "dezembro"},
    {"gennaio", "febbraio", "marzo", "aprile", "maggio", "giugno", "luglio",
     "agosto", "settembre", "ottobre", "novembre", "dicembre"},
    {"januari", "februari", "maart", "april", "mei", "juni", "juli", "augustus",
     "september", "oktober", "november", "december"},
    {"januari", "februari", "mars", "april", "maj", "juni", "juli", "augusti",
     "september", "oktober", "november", "december"},
    {"januar", "februar", "marts", "april", "maj", "juni", "juli", "august",
     "september", "oktober", "november", "desember"},
    {"stycznia", "lutego", "marca", "kwietnia", "maja", "czerwca", "lipca",
     "sierpnia", "wrzesnia", "pazdziernika", "listopada", "grudnia"},
    {"ledna", "unora", "brezna", "dubna", "kvetna", "cervna", "cervence",
     "srpna", "zari", "rijna", "listopadu", "prosince"},
    {"ocak", "subat", "mart", "nisan", "mayis", "haziran", "temmuz", "agustos",
     "eylul", "ekim", "kasim", "aralik"},
    {"ianuarie", "februarie", "martie", "aprilie", "mai", "iunie", "iulie",
     "august", "septembrie", "octombrie", "noiembrie", "decembrie"},
    {"januari", "februari", "maret", "april", "mei", "juni", "juli", "agustus",
     "september", "oktober", "november", "desember"},
    {"января", "февраля", "марта", "апреля", "мая", "июня", "июля", "августа",
     "сентября", "октября", "ноября", "декабря"},
    {"січня", "лютого", "березня", "квітня", "травня", "червня", "липня",
     "серпня", "вересня", "жовтня", "листопада", "грудня"},
    {"януари", "февруари", "март", "април", "май", "юни", "юли", "август",
     "септември", "октомври", "ноември", "декември"},
    {"ιανουαρίου", "φεβρουαρίου", "μαρτίου", "απριλίου", "μαΐου", "ιουνίου",
     "ιουλίου", "αυγούστου", "σεπτεμβρίου", "οκτωβρίου", "νοεμβρίου",
     "δεκεμβρίου"},
    {"জানুয়ারি", "ফেব্রুয়ারি", "মার্চ", "এপ্রিল", "মে", "জুন", "জুলাই", "আগস্ট",
     "সেপ্টেম্বর", "অক্টোবর", "নভেম্বর", "ডিসেম্বর"},
    {"জানুয়ারী", "ফেব্রুয়ারী", "মার্চ", "এপ্রিল", "মে", "জুন", "জুলাই", "আগষ্ট",
     "সেপ্টেম্বর", "অক্টোবর", "নভেম্বর", "ডিসেম্বর"},
    {"जनवरी", "फरवरी", "मार्च", "अप्रैल", "मई", "जून", "जुलाई", "अगस्त", "सितंबर",
     "अक्टूबर", "नवंबर", "दिसंबर"},
    {"जनवरी", "फ़रवरी", "मार्च", "अप्रैल", "मई", "जून", "जुलाई", "अगस्त", "सितम्बर",
     "अक्तूबर", "नवम्बर", "दिसम्बर"},
    {"يناير", "فبراير", "مارس", "أبريل", "مايو", "يونيو", "يوليو", "أغسطس",
     "سبتمبر", "أكتوبر", "نوفمبر", "ديسمبر"},
    {"جانفي", "فيفري", "مارس", "أفريل", "ماي", "جوان", "جويلية", "أوت",
     "سبتمبر", "أكتوبر", "نوفمبر", "ديسمبر"},
    {"جنوری", "فروری", "مارچ", "اپریل", "مئی", "جون", "جولائی", "اگست", "ستمبر",
     "اکتوبر", "نومبر", "دسمبر"},
    {"ינואר", "פברואר", "מרץ", "אפריל", "מאי", "יוני", "יולי", "אוגוסט",
     "ספטמבר", "אוקטובר", "נובמבר", "דצמבר"},
    {"בינואר", "בפברואר", "במרץ", "באפריל", "במאי", "ביוני", "ביולי", "באוגוסט",
     "בספטמבר", "באוקטובר", "בנובמבר", "בדצמבר"},
    {"มกราคม", "กุมภาพันธ์", "มีนาคม", "เมษายน", "พฤษภาคม", "มิถุนายน", "กรกฎาคม",
     "สิงหาคม", "กันยายน", "ตุลาคม", "พฤศจิกายน", "ธันวาคม"},
};

static bool is_ascii(struct str text)
{
    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i] & 0x80)
            return false;
    return true;
}

/* "jun" is June in English and "juin" in French: of several, the first table
 * that knows the word decides; they agree on what three letters mean but for
 * few. */
int month_by_name(struct str word)
{
    OWNED(strbuf_free) struct strbuf slug = STRBUF_INIT;
    category_slug(word, &slug);
    struct str said = strbuf_str(&slug);
    bool may_be_cut = is_ascii(said) && said.len >= 3;
    for (size_t i = 0; said.len && i < ARRAY_SIZE(names); i++)
        for (int month = 0; month < 12; month++) {
            OWNED(strbuf_free) struct strbuf folded = STRBUF_INIT;
            category_slug(str_of(names[i][month]), &folded);
            struct str name = strbuf_str(&folded);
            if (str_equal(said, name) || (may_be_cut && str_starts(name, said)))
                return month + 1;
        }
    return 0;
}
