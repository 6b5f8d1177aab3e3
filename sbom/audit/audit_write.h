/*
 * audit_write - what an audit found: for people, for programs, and as SARIF
 * 2.1.0 for code hosts
 * (https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html).
 */
#ifndef KEELSON_SBOM_AUDIT_AUDIT_WRITE_H
#define KEELSON_SBOM_AUDIT_AUDIT_WRITE_H

#include "lib/base/buf.h"
#include "sbom/audit/audit.h"

struct audit_report {
	const struct audit *audit;
	const char *product; /* as it was given */
	size_t n_unknown;    /* programs of it that have no evidence */
	bool shows_all;      /* else what remains alone */
};

void audit_write_table(const struct audit_report *r, struct buf *out);
void audit_write_json(const struct audit_report *r, struct buf *out);
void audit_write_sarif(const struct audit_report *r, struct buf *out);

#endif
