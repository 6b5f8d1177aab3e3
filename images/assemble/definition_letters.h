/*
 * definition_letters - sets of letters, for the rules of definitions.
 */
#ifndef KEELSON_IMAGES_ASSEMBLE_DEFINITION_LETTERS_H
#define KEELSON_IMAGES_ASSEMBLE_DEFINITION_LETTERS_H

#include "lib/base/str.h"

#define LOWER  "abcdefghijklmnopqrstuvwxyz"
#define UPPER  "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGITS "0123456789"
#define WORD   LOWER UPPER DIGITS

/* Is the first byte in one set, each other in the other, with at most max? */
bool letters_only(
	struct str s, const char *first, const char *rest, size_t max);

#endif
