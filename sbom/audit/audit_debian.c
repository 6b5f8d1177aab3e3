/*
 * audit_debian - the security tracker's JSON: package, then CVE, then the
 * state in each release.
 *
 * A package of the lock is asked for by the suite that it was pinned from, one
 * without a suite by any.
 */
#include "lib/base/buf.h"
#include "sbom/audit/audit.h"
#include "sbom/audit/debversion.h"

enum { AUDIT_RULE_BYTES = 512 };

/* Is the package affected, by what is said of its release? */
static bool debian_hits(const struct node *release, struct str version)
{
	struct str status = node_text(node_get(release, "status"));
	struct str fixed = node_text(node_get(release, "fixed_version"));

	if (release == NULL)
		return false;
	if (str_is(status, "resolved"))
		return fixed.n > 0 && debversion_cmp(version, fixed) < 0;
	return str_is(status, "open") || str_is(status, "undetermined");
}

/*
 * What is said of the package's suite.  A package of no release (sid, a
 * build of others) is asked for in each: the first that hits.
 */
static const struct node *debian_release(
	const struct node *cve, const struct lock_line *package, bool *is_any)
{
	const struct node *all = node_get(cve, "releases"), *r;
	char suite[64];

	*is_any = audit_release(package->suite) == NULL;
	if (!*is_any && str_copy(package->suite, suite, sizeof(suite)) == 0) {
		r = node_get(all, suite);
		return debian_hits(r, package->version) ? r : NULL;
	}
	for (r = node_first(all); r != NULL; r = r->next)
		if (debian_hits(r, package->version))
			return r;
	return NULL;
}

static int debian_take_cve(struct audit *a, const struct lock_line *package,
	const struct node *cve, struct err *e)
{
	char memory[AUDIT_RULE_BYTES];
	struct buf rule = buf_fixed(memory, sizeof(memory));
	const struct node *release;
	bool is_any;

	a->advisories++;
	release = debian_release(cve, package, &is_any);
	if (!fix_is_cve(cve->key) || release == NULL)
		return 0;
	buf_fmt(&rule, "Debian %.*s: %.*s%s", STR_ARG(release->key),
		STR_ARG(node_text(node_get(release, "status"))),
		is_any ? ", of any release, for the package's is not known"
		       : "");
	return audit_add(a,
		&(struct audit_found){.cve = cve->key,
			.package = package,
			.fixed = node_text(node_get(release, "fixed_version")),
			.rule = buf_cstr(&rule)},
		e);
}

static int debian_take_package(struct audit *a, const struct node *package,
	const struct lock_line *line, struct err *e)
{
	for (const struct node *c = node_first(package); c != NULL; c = c->next)
		if (debian_take_cve(a, line, c, e) < 0)
			return -1;
	return 0;
}

int audit_take_debian(struct audit *a, const struct node *n, struct err *e)
{
	for (const struct node *p = node_first(n); p != NULL; p = p->next)
		for (size_t i = 0; i < a->n_packages; i++)
			if (str_eq(p->key, a->packages[i]->package) &&
				debian_take_package(a, p, a->packages[i], e) <
					0)
				return -1;
	return 0;
}
