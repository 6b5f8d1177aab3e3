/*
 * profile - what a rule book wants an SBOM to say, and what a document lacks of
 * it (docs/sbom-rules.md).
 */
#ifndef KEELSON_SBOM_CHECK_PROFILE_H
#define KEELSON_SBOM_CHECK_PROFILE_H

#include "lib/base/buf.h"
#include "sbom/check/facts.h"

enum profile {
	PROFILE_BSI = 1,  /* BSI TR-03183-2 v2.1.0 */
	PROFILE_CISA = 2, /* CISA, Minimum Elements, 2026 */
	PROFILE_NTIA = 4, /* NTIA, Minimum Elements, 2021 */
	PROFILE_SPDX = 8, /* what SPDX itself requires */
	PROFILE_CDX = 16, /* what CycloneDX itself requires */
};

/* "bsi", "cisa", "ntia", "spdx", "cyclonedx". 0 or -1 (ERR_USAGE). */
int profile_of(const char *name, enum profile *out, struct err *e);

struct profile_lack {
	const char *field; /* "creator" */
	const char *what;  /* "e-mail address or URL of the creator" */
	const struct fact_component *of; /* NULL: of the document */
};

struct profile_result {
	const char *name; /* of the rule book */
	size_t asked;     /* fields that were looked at */
	struct profile_lack *lacks;
	size_t n, room;
};

/* What f lacks, by the rules' order, then by component. 0 or -1: no memory. */
int profile_check(const struct facts *f, enum profile p,
	struct profile_result *out, struct err *e);

/* A table, or one JSON object; `file` stands in front of it. */
void profile_table(const struct profile_result *r, const struct facts *f,
	const char *file, struct buf *out);
void profile_json(const struct profile_result *r, const struct facts *f,
	const char *file, struct buf *out);

#endif
