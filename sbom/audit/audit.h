/*
 * audit - which advisories of a feed are about the packages that are linked
 * into a product, by name and version.
 *
 * Three feeds are read, each as its publisher writes it: Debian's security
 * tracker (https://security-tracker.debian.org/tracker/data/json), OSV
 * (https://ossf.github.io/osv-schema/) and NVD's API 2.0
 * (https://nvd.nist.gov/developers/vulnerabilities).
 */
#ifndef KEELSON_SBOM_AUDIT_AUDIT_H
#define KEELSON_SBOM_AUDIT_AUDIT_H

#include "lib/base/node.h"
#include "sbom/evidence/lock_line.h"
#include "sbom/fix/fix.h"
#include "sbom/vex/vex.h"

#define AUDIT_FEED_MAX ((size_t)512 << 20) /* bytes of one file */

/* An advisory that is about a package of the product. */
struct audit_hit {
	struct str cve;
	const struct lock_line *package;
	struct str fixed; /* the version that fixes it; empty: not known */
	struct str rule;  /* "Debian trixie: open", for people */
	struct str feed;  /* name of the file */
	struct vex_statement verdict; /* no grounds: by its version alone */
};

struct audit {
	struct arena *arena;
	const struct lock_line *const *packages; /* that are linked */
	size_t n_packages;
	struct audit_hit *hits; /* each CVE and package once */
	size_t n, room;
	size_t advisories; /* that were read */
	const char *feed;  /* that is being read */
};

/*
 * Read one feed; which of the three it is shows in its form.  0, or -1:
 * ERR_INPUT not JSON or none of them, ERR_LIMIT.
 */
int audit_feed(struct audit *a, struct str text, struct err *e);

/* What is still to be done about a hit? */
bool audit_remains(const struct audit_hit *h);

/* By CVE, then package. */
void audit_sort(struct audit *a);

/* ---- for the readers, one for each feed ---- */

struct audit_found {
	struct str cve; /* or a text that holds one */
	const struct lock_line *package;
	struct str fixed;
	const char *rule;
};

/* Add a hit unless it is there. 0 or -1. */
int audit_add(struct audit *a, const struct audit_found *f, struct err *e);

/* The release of a suite, as OSV names it: "Debian:13"; NULL: not known here.
 */
const char *audit_release(struct str suite);

/* Each takes the parsed document. 0 or -1. */
int audit_take_debian(struct audit *a, const struct node *n, struct err *e);
int audit_take_osv(struct audit *a, const struct node *n, struct err *e);
int audit_take_nvd(struct audit *a, const struct node *n, struct err *e);

#endif
