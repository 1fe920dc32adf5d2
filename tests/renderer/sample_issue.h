/* An issue as a real one would be: four sections, ten stories, long titles,
 * a picture, stories in other languages. */
#ifndef TESTS_RENDERER_SAMPLE_ISSUE_H
#define TESTS_RENDERER_SAMPLE_ISSUE_H

#include "digest/renderer/render.h"

static const struct render_story city[] = {
    {.title = "The tram to the northern districts is to open two years early, "
              "and the council wants to know why",
     .url = "https://example.org/city/tram",
     .author = "Anna Weber",
     .source = "The Example",
     .summary_html =
         "<p>For once a building site is ahead of its plan: the rails are laid "
         "as far as Nordplatz, and the first trams could run <em>next "
         "autumn</em>. The council has asked for the contracts, since nobody "
         "in the town hall remembers a project that finished early.</p>\n",
     .image_url = "https://example.org/img/tram.jpg",
     .image_alt = "A yellow tram crosses the new bridge in morning fog.",
     .image_width = 1600,
     .image_height = 900,
     .reading_minutes = 6},
    {.title = "Library opens on Sundays",
     .url = "https://example.org/city/library",
     .author = "Omar Haddad",
     .summary_html = "<p>From December the reading rooms are open on Sundays, "
                     "too. <a href=\"https://example.org/hours\">The new "
                     "hours</a> were asked for by students and by families "
                     "alike.</p>\n",
     .reading_minutes = 2},
    {.title = "What became of the market hall",
     .url = "https://example.org/city/market?from=digest&page=2",
     .author = "Lea Brandt",
     .summary_html = "<p>Ten years after the fire: a walk with the "
                     "builders.</p>\n",
     .reading_minutes = 11},
};

static const struct render_story politics[] = {
    {.title = "Haushalt beschlossen: Straßen, Schulen und ein "
              "Grundstücksverkehrsgenehmigungszuständigkeitsübertragungsstreit",
     .url = "https://example.org/politik/haushalt",
     .author = "Jörg Müller",
     .source = "Das Beispiel",
     .summary_html = "<p>Nach elf Stunden Debatte stimmte der Rat mit knapper "
                     "Mehrheit zu. Die größten Posten sind Schulen und der "
                     "Nahverkehr.</p>\n",
     .reading_minutes = 4,
     .language = "de"},
    {.title = "Five questions about the referendum",
     .url = "https://example.org/politics/referendum",
     .summary_html = "<p>Who may vote, by when, and on what exactly:</p>\n"
                     "<ul>\n<li>letters must arrive by Friday</li>\n"
                     "<li>the count is public</li>\n</ul>\n",
     .reading_minutes = 3},
    {.title = "المجلس البلدي يقر خطة جديدة للنقل العام في المدينة",
     .url = "https://example.org/ar/transport",
     .author = "ليلى منصور",
     .summary_html = "<p>وافق المجلس على توسيع شبكة الحافلات الليلية ابتداءً "
                     "من الربيع القادم، مع تخفيض أسعار التذاكر للطلاب.</p>\n",
     .reading_minutes = 5,
     .language = "ar"},
};

static const struct render_story sport[] = {
    {.title = "A draw that felt like a win",
     .url = "https://example.org/sport/draw",
     .author = "Kim Tran",
     .summary_html = "<p>Two goals down, one player short, ninety minutes of "
                     "rain.</p>\n",
     .reading_minutes = 3},
    {.title = "The chess club that meets on a ferry",
     .url = "https://example.org/sport/chess",
     .author = "Ines Costa",
     .source = "Harbour Notes",
     .reading_minutes = 8},
};

static const struct render_story culture[] = {
    {.title = "“We tuned the organ by ear, as they did then”",
     .url = "https://example.org/culture/organ",
     .author = "Paul Okafor",
     .summary_html = "<p>A restorer on patience, lead pipes &amp; the sound of "
                     "1731. <strong>With recordings.</strong></p>\n",
     .reading_minutes = 9},
    {.title = "Short films, long night",
     .url = "https://example.org/culture/films",
     .summary_html = "<p>Sixteen films in one evening, and the three to "
                     "stay awake for.</p>\n"},
};

static const struct render_section sample_sections[] = {
    {"City", city, 3},
    {"Politics & Straßen", politics, 3},
    {"Sport", sport, 2},
    {"Culture", culture, 2},
};

static const struct render_issue sample_issue = {
    .newsletter_title = "The Weekly Example",
    .newsletter_slug = "weekly",
    .number = 12,
    .date = "20 November 2026",
    .language = "en",
    .subject = "A tram ahead of its time, and ten more stories",
    .preheader = "Library opens on Sundays · What became of the market hall",
    .intro_html =
        "<p>It rained all week, which is good for reading. The story of the "
        "tram began with <a href=\"https://example.org/letters\">a reader's "
        "letter</a>; please keep writing.</p>\n<p>Maria Lind, editor</p>\n",
    .sections = sample_sections,
    .section_count = 4,
    .site_name = "The Example",
    .site_url = "https://example.org",
    .postal_address = "Beispielweg 7, 04109 Leipzig, Germany",
    .has_unsubscribe_link = true,
    .has_preferences_link = true,
    .has_view_link = true,
};

#endif
