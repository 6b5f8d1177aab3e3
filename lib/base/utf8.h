/*
 * utf8 - is text well-formed UTF-8?  Source: RFC 3629, section 4.
 */
#ifndef KEELSON_BASE_UTF8_H
#define KEELSON_BASE_UTF8_H

#include "lib/base/str.h"

/*
 * The bytes of the well-formed sequence at the front of s; 0 when there is
 * none.  s must not be empty.
 */
size_t utf8_length(struct str s);

/* Is all of s well-formed?  The empty text is. */
bool utf8_is_valid(struct str s);

#endif
