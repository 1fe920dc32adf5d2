/* Looks up months and weekdays by their names in many languages. */
#include "digest/sources/month_names_internal.h"

#include "digest/articles/category.h"
#include "digest/base/mem.h"
#include "digest/base/utf8.h"

/* Names of months in the forms that stand in dates; compared as category_slug
 * folds them. */
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
    {"leden", "unor", "brezen", "duben", "kveten", "cerven", "cervenec",
     "srpen", "zari", "rijen", "listopad", "prosinec"},
    {"ledna", "unora", "brezna", "dubna", "kvetna", "cervna", "cervence",
     "srpna", "zari", "rijna", "listopadu", "prosince"},
    {"ocak", "subat", "mart", "nisan", "mayis", "haziran", "temmuz", "agustos",
     "eylul", "ekim", "kasim", "aralik"},
    {"ianuarie", "februarie", "martie", "aprilie", "mai", "iunie", "iulie",
     "august", "septembrie", "octombrie", "noiembrie", "decembrie"},
    {"januari", "februari", "maret", "april", "mei", "juni", "juli", "agustus",
     "september", "oktober", "november", "desember"},
    {"tammikuuta", "helmikuuta", "maaliskuuta", "huhtikuuta", "toukokuuta",
     "kesakuuta", "heinakuuta", "elokuuta", "syyskuuta", "lokakuuta",
     "marraskuuta", "joulukuuta"},
    {"januar", "februar", "marcius", "aprilis", "majus", "junius", "julius",
     "augusztus", "szeptember", "oktober", "november", "december"},
    /* Months that are shortened otherwise. */
    {"", "peb", "mrz", "", "", "cvn", "cvc", "agt", "", "", "", ""},
    {"", "", "mrt", "", "", "", "", "", "", "", "", ""},
    {"январь", "февраль", "март", "апрель", "май", "июнь", "июль", "август",
     "сентябрь", "октябрь", "ноябрь", "декабрь"},
    {"января", "февраля", "марта", "апреля", "мая", "июня", "июля", "августа",
     "сентября", "октября", "ноября", "декабря"},
    {"січень", "лютий", "березень", "квітень", "травень", "червень", "липень",
     "серпень", "вересень", "жовтень", "листопад", "грудень"},
    {"січня", "лютого", "березня", "квітня", "травня", "червня", "липня",
     "серпня", "вересня", "жовтня", "листопада", "грудня"},
    {"януари", "февруари", "март", "април", "май", "юни", "юли", "август",
     "септември", "октомври", "ноември", "декември"},
    {"ιανουαρίου", "φεβρουαρίου", "μαρτίου", "απριλίου", "μαΐου", "ιουνίου",
     "ιουλίου", "αυγούστου", "σεπτεμβρίου", "οκτωβρίου", "νοεμβρίου",
     "δεκεμβρίου"},
    {"ιανουάριος", "φεβρουάριος", "μάρτιος", "απρίλιος", "μάιος", "ιούνιος",
     "ιούλιος", "αύγουστος", "σεπτέμβριος", "οκτώβριος", "νοέμβριος",
     "δεκέμβριος"},
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
    {"一月", "二月", "三月", "四月", "五月", "六月", "七月", "八月", "九月",
     "十月", "十一月", "十二月"},
    {"ม.ค", "ก.พ", "มี.ค", "เม.ย", "พ.ค", "มิ.ย", "ก.ค", "ส.ค", "ก.ย", "ต.ค",
     "พ.ย", "ธ.ค"},
};

static bool is_ascii(struct str text)
{
    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i] & 0x80)
            return false;
    return true;
}

/* Whether a word may be the beginning of a longer one: of three letters, of
 * two in the scripts of India, and never in those that cut no names. */
static bool may_be_cut(struct str word)
{
    enum { HEBREW = 0x590, INDIA = 0x900, THAI = 0xE00 };
    unsigned c = 0;
    size_t letters = 0;
    for (size_t at = 0; at < word.len; letters++)
        c = utf8_next(word, &at);
    return c < HEBREW ? letters >= 3 : c >= INDIA && c < THAI && letters >= 2;
}

/* "jun" is June in English and "juin" in French: of several, the first table
 * that knows the word decides; they agree on what three letters mean but for
 * few. */
int month_by_name(struct str word)
{
    OWNED(strbuf_free) struct strbuf slug = STRBUF_INIT;
    category_slug(word, &slug);
    struct str said = strbuf_str(&slug);
    bool is_cut = may_be_cut(said);
    for (size_t i = 0; said.len && i < ARRAY_SIZE(names); i++)
        for (int month = 0; month < 12; month++) {
            OWNED(strbuf_free) struct strbuf folded = STRBUF_INIT;
            category_slug(str_of(names[i][month]), &folded);
            struct str name = strbuf_str(&folded);
            if (str_equal(said, name) || (is_cut && str_starts(name, said)))
                return month + 1;
        }
    return 0;
}

/* Folded as category_slug folds, so that they are compared as they stand; in
 * scripts other than Latin with the short forms in daily use. */
static const char *const weekdays[] = {
    "monday",     "tuesday",    "wednesday",   "thursday",     "friday",
    "saturday",   "sunday",     "montag",      "dienstag",     "mittwoch",
    "donnerstag", "freitag",    "samstag",     "sonnabend",    "sonntag",
    "lundi",      "mardi",      "mercredi",    "jeudi",        "vendredi",
    "samedi",     "dimanche",   "lunes",       "martes",       "miercoles",
    "jueves",     "viernes",    "sabado",      "domingo",      "segunda",
    "terca",      "quarta",     "quinta",      "sexta",        "lunedi",
    "martedi",    "mercoledi",  "giovedi",     "venerdi",      "sabato",
    "domenica",   "maandag",    "dinsdag",     "woensdag",     "donderdag",
    "vrijdag",    "zaterdag",   "zondag",      "mandag",       "tisdag",
    "onsdag",     "torsdag",    "fredag",      "lordag",       "loerdag",
    "soendag",    "sondag",     "tirsdag",     "poniedzialek", "wtorek",
    "sroda",      "czwartek",   "piatek",      "sobota",       "niedziela",
    "pondeli",    "utery",      "streda",      "ctvrtek",      "patek",
    "nedele",     "pazartesi",  "sali",        "carsamba",     "persembe",
    "cuma",       "cumartesi",  "pazar",       "pzt",          "cmt",
    "luni",       "marti",      "miercuri",    "joi",          "vineri",
    "sambata",    "duminica",   "senin",       "selasa",       "rabu",
    "kamis",      "jumat",      "jum-at",      "sabtu",        "minggu",
    "maanantai",  "tiistai",    "keskiviikko", "torstai",      "perjantai",
    "lauantai",   "sunnuntai",  "hetfo",       "kedd",         "szerda",
    "csutortok",  "pentek",     "szombat",     "vasarnap",     "nedjelja",
    "ahad",       "pn",         "pt",          "понедельник",  "вторник",
    "среда",      "четверг",    "пятница",     "суббота",      "воскресенье",
    "пн",         "вт",         "ср",          "чт",           "пт",
    "сб",         "вс",         "понеділок",   "вівторок",     "середа",
    "четвер",     "пятниця",    "п’ятниця",    "субота",       "неділя",
    "нд",         "понеделник", "вторник",     "сряда",        "четвъртък",
    "петък",      "събота",     "неделя",      "пон",          "вто",
    "сря",        "чет",        "пет",         "съб",          "нед",
    "δευτέρα",    "τρίτη",      "τετάρτη",     "πέμπτη",       "παρασκευή",
    "σάββατο",    "κυριακή",    "δευ",         "τρί",          "τρι",
    "τετ",        "πέμ",        "πεμ",         "παρ",          "σάβ",
    "σαβ",        "κυρ",        "রবিবার",      "সোমবার",       "মঙ্গলবার",
    "বুধবার",      "বৃহস্পতিবার",  "শুক্রবার",      "শনিবার",       "রবি",
    "সোম",        "মঙ্গল",       "বুধ",          "বৃহস্পতি",       "বৃহঃ",
    "শুক্র",        "শনি",        "रविवार",      "सोमवार",       "मंगलवार",
    "बुधवार",      "गुरुवार",      "शुक्रवार",      "शनिवार",       "रवि",
    "सोम",        "मंगल",        "बुध",          "गुरु",           "शुक्र",
    "शनि",        "الأحد",      "الاثنين",     "الإثنين",      "الثلاثاء",
    "الأربعاء",   "الخميس",     "الجمعة",      "السبت",        "أحد",
    "إثنين",      "اثنين",      "ثلاثاء",      "أربعاء",       "خميس",
    "جمعة",       "سبت",        "اتوار",       "پیر",          "سوموار",
    "منگل",       "بدھ",        "جمعرات",      "جمعہ",         "ہفتہ",
    "ראשון",      "שני",        "שלישי",       "רביעי",        "חמישי",
    "שישי",       "שבת",        "יום",         "วันจันทร์",       "วันอังคาร",
    "วันพุธ",       "วันพฤหัสบดี",   "วันศุกร์",       "วันเสาร์",       "วันอาทิตย์",
    "จันทร์",       "อังคาร",      "พุธ",          "พฤหัสบดี",       "ศุกร์",
    "เสาร์",       "อาทิตย์",      "星期一",      "星期二",       "星期三",
    "星期四",     "星期五",     "星期六",      "星期日",       "星期天",
    "周一",       "周二",       "周三",        "周四",         "周五",
    "周六",       "周日",       "月曜日",      "火曜日",       "水曜日",
    "木曜日",     "金曜日",     "土曜日",      "日曜日",       "월요일",
    "화요일",     "수요일",     "목요일",      "금요일",       "토요일",
    "일요일",
};

bool weekday_is_name(struct str word, size_t shortest)
{
    OWNED(strbuf_free) struct strbuf slug = STRBUF_INIT;
    category_slug(word, &slug);
    struct str said = strbuf_str(&slug);
    bool is_cut = is_ascii(said) && said.len >= shortest;
    for (size_t i = 0; said.len && i < ARRAY_SIZE(weekdays); i++)
        if (str_equal(said, str_of(weekdays[i])) ||
            (is_cut && str_starts(str_of(weekdays[i]), said)))
            return true;
    return false;
}
