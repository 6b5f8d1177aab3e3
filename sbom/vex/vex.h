/*
 * vex - is a product affected by a vulnerability, and why (VEX: the document
 * formats openvex.h, csaf.h and cyclonedx_vex.h are written from this).
 *
 * A statement is about one CVE and one package of the product, over all its
 * programs; each ground is one fact that the evidence proves.
 */
#ifndef KEELSON_SBOM_VEX_VEX_H
#define KEELSON_SBOM_VEX_VEX_H

#include "lib/base/buf.h"
#include "sbom/fix/fix.h"

/* The worse, the later: a product has the worst of its programs. */
enum vex_status {
	VEX_NOT_AFFECTED,
	VEX_FIXED,
	VEX_UNDER_INVESTIGATION,
	VEX_AFFECTED,
};

/* Why NOT_AFFECTED.  That linked code is never executed is proven nowhere
   here, so "vulnerable_code_not_in_execute_path" is never said. */
enum vex_justification {
	VEX_CODE_NOT_PRESENT,
	VEX_COMPONENT_NOT_PRESENT,
};

struct vex_statement {
	struct str cve;
	const struct lock_line *package;
	enum vex_status status;
	enum vex_justification justification;
	struct str *grounds; /* sentences without a dot at their end */
	size_t n_grounds, room;
};

struct vex_statements {
	struct vex_statement *list; /* by CVE, then package */
	size_t n, room;
};

/* What the statements are about: an image, or a program by itself. */
struct vex_product {
	bool is_image;
	struct str name, version;
	struct str repository; /* "localhost/keelson/pause"; image only */
	struct str sha256;     /* 64 hex digits: of the manifest or the file */
	const char *path;      /* as it was given: for the command to repeat */
	const char *const *names; /* more ids of it, for OpenVEX */
	size_t n_names;
	size_t n_unknown; /* programs of it that no recorded command made */
};

/* What every format needs to know of the document. */
struct vex_document {
	const struct vex_product *product;
	const struct vex_statements *statements;
	const char *author;
	const char *namespace; /* URI of the author; CSAF only */
	struct str time;       /* RFC 3339 */
	struct str options;    /* of the command that repeats it, " --x y" */
};

const char *vex_status_word(enum vex_status s); /* OpenVEX's: "not_affected" */
const char *vex_justification_word(enum vex_justification j);

#endif
