/*
 * rule - what a licence permits and demands when its code is linked into a
 * program that is passed on (docs/licences.md says by which sentence of which
 * licence).
 */
#ifndef KEELSON_SBOM_LICENCE_RULE_H
#define KEELSON_SBOM_LICENCE_RULE_H

#include "lib/base/str.h"

/*
 * The licences under which a program as a whole can be passed on; a part
 * permits some of them.  OWN stands for terms that pass on no part's licence:
 * a program of permissive and of LGPL or MPL parts.
 */
enum {
	UNDER_OWN = 1,
	UNDER_GPL2 = 2,
	UNDER_GPL3 = 4,
	UNDER_AGPL3 = 8,
	UNDER_ALL = 15,
};

/* What whoever passes the program on has to do for a part. */
enum {
	DUTY_NOTICE = 1, /* its copyright lines and its text go along */
	DUTY_SOURCE = 2, /* its source is offered */
	DUTY_RELINK = 4, /* the program can be linked with a changed one */
};

struct rule {
	bool is_known; /* there is a row for it */
	unsigned under, duties;
	/* The name of a text that is the same in every package, as Debian has
	   it in /usr/share/common-licenses; NULL: the package's own. */
	const char *text;
	/* A second one that it demands and adds to, of the same form; NULL. */
	const char *text_too;
};

/*
 * The rule of a licence with an exception, which may be empty.  One that is not
 * known permits everything and demands a notice: it is for the caller to say
 * so. An exception that is not known adds no permission.
 */
struct rule rule_of(struct str id, struct str exception);

/* "GPL-2.0-only" for the lowest bit of under; NULL for OWN. */
const char *rule_whole_name(unsigned under);

#endif
