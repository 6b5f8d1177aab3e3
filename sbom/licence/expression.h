/*
 * expression - an SPDX licence expression, parsed (SPDX 2.3 annex D).
 *
 * WITH binds to the licence before it, AND binds more tightly than OR.  The
 * nodes are in postfix order: the last one is the root, and both sides of an
 * operator stand before it.
 */
#ifndef KEELSON_SBOM_LICENCE_EXPRESSION_H
#define KEELSON_SBOM_LICENCE_EXPRESSION_H

#include "lib/base/err.h"
#include "lib/base/str.h"

enum {
	EXPRESSION_NODES_MAX = 128,
	EXPRESSION_BYTES_MAX = 4096,
};

enum expression_kind { EXPRESSION_LICENCE, EXPRESSION_AND, EXPRESSION_OR };

struct expression_node {
	enum expression_kind kind;
	struct str id;        /* "GPL-2.0-or-later" */
	struct str exception; /* after WITH; empty: none */
	uint8_t left;         /* of an operator; the right side is the node
				 before it */
};

struct expression {
	struct expression_node node[EXPRESSION_NODES_MAX];
	size_t n; /* at least 1 */
};

/*
 * Views in *out point into text, which must live as long.  Operators may be
 * written in lower case (SPDX 3.0 annex B).  0, or -1: ERR_INPUT names what is
 * wrong and after which byte, ERR_LIMIT.
 */
int expression_parse(struct str text, struct expression *out, struct err *e);

/* What the caller thinks of a single licence. */
struct expression_test {
	bool (*accepts)(void *self, const struct expression_node *licence);
	void *self;
};

/* Is the whole accepted: both sides of each AND, one side of each OR? */
bool expression_accepted(
	const struct expression *x, const struct expression_test *test);

/*
 * Mark the licences that are chosen: both sides of an AND, of an OR the left
 * side if it is accepted, else the right one if that is, else both.
 */
void expression_choose(const struct expression *x,
	const struct expression_test *test, bool chosen[EXPRESSION_NODES_MAX]);

#endif
