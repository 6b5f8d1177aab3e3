/*
 * evidence_index - one parsed line of a log or list becomes a record.
 */
#ifndef KEELSON_SBOM_EVIDENCE_EVIDENCE_INDEX_H
#define KEELSON_SBOM_EVIDENCE_EVIDENCE_INDEX_H

#include "sbom/evidence/evidence.h"

/* Report that memory is out. Always -1. */
int evidence_no_memory(struct err *e);

/* Copy a text into the evidence's arena. 0 or -1. */
int evidence_keep(
	struct evidence *ev, struct str s, struct str *out, struct err *e);

/*
 * Record an event that succeeded; one that failed is ignored.
 * @line  what n was parsed from; must live as long as the evidence
 * Errors (ERR_INPUT): an unknown kind, an output without a valid digest.
 */
int evidence_add_event(struct evidence *ev, uint32_t room, struct str line,
	const struct node *n, struct err *e);

/* Record a file of a list. Error (ERR_INPUT): no path or no digest. */
int evidence_add_file(struct evidence *ev, enum evidence_list list,
	uint32_t room, const struct node *n, struct err *e);

#endif
