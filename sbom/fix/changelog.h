/*
 * changelog - debian/changelog (deb-changelog(5)): which version says what.
 */
#ifndef KEELSON_SBOM_FIX_CHANGELOG_H
#define KEELSON_SBOM_FIX_CHANGELOG_H

#include "lib/base/str.h"

/* One item, "  * ...", with the lines that go on. */
struct changelog_item {
	struct str version;
	struct str text;
};

/* Begin with the whole text as rest. */
struct changelog {
	struct str rest, version;
};

/* The next item; false after the last one. */
bool changelog_next(struct changelog *c, struct changelog_item *out);

/* Does a text name this id ("CVE-2024-1"), in either case and as a whole? */
bool changelog_names(struct str text, struct str id);

#endif
