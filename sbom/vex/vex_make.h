/*
 * vex_make - the statements about a product: all its programs, all CVEs that
 * are asked about.
 */
#ifndef KEELSON_SBOM_VEX_VEX_MAKE_H
#define KEELSON_SBOM_VEX_VEX_MAKE_H

#include "sbom/vex/vex_judge.h"

/* A fix that was brought (fix_brought.h), and the CVE that it is of. */
struct vex_brought {
	struct str cve;
	struct fix fix;
};

struct vex_request {
	const struct vex_program *programs;
	size_t n_programs;
	size_t n_unknown; /* programs of the product besides: no evidence */
	const struct vex_brought *brought;
	size_t n_brought;
	const struct str *cves; /* asked for; none: all that patches name */
	size_t n_cves;
	/* Also what only changelogs name; a CVE that was asked for always is.
	 */
	bool with_mentions;
};

/*
 * Make them; everything is in the arena of the texts' basis.  A CVE that was
 * asked for and that nothing names is ERR_ABSENT.  0 or -1.
 */
int vex_make(struct fix_texts *texts, const struct vex_request *r,
	struct vex_statements *out, struct err *e);

/*
 * Decide one CVE of one package, both of which *s has already, for the programs
 * of the product.  It stays without grounds when neither a patch nor a
 * changelog names the CVE: then nothing is known. 0 or -1.
 */
int vex_decide(struct fix_texts *texts, const struct vex_request *r,
	struct vex_statement *s, struct err *e);

#endif
