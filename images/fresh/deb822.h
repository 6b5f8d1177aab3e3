/*
 * deb822 - control files of Debian: paragraphs of fields (deb822(5)), as in
 * Release, Sources and Packages.
 *
 * Everything is a view of the text.  Names of fields are compared without
 * regard to case; lines that belong to no field are passed over.
 */
#ifndef KEELSON_IMAGES_FRESH_DEB822_H
#define KEELSON_IMAGES_FRESH_DEB822_H

#include "lib/base/str.h"

/* The next paragraph, which empty lines end; false after the last one. */
bool deb822_next(struct str *rest, struct str *paragraph);

/*
 * The value of a field: what follows the colon, and the lines that go on, with
 * their line feeds.  Empty when there is no such field.
 */
struct str deb822_field(struct str paragraph, const char *name);

/* The next line of a value, trimmed, that is not empty; false after the last.
 */
bool deb822_line(struct str *value, struct str *line);

/* The next word of a line; false after the last. */
bool deb822_word(struct str *line, struct str *word);

/* Does a text have this word in it? */
bool deb822_contains(struct str s, const char *word);

#endif
