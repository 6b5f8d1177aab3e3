/*
 * audit_nvd - NVD's API 2.0: a CVE names products by CPE 2.3, with ranges of
 * versions.
 *
 * Vendor and product of a package come from a table here; one that is not in
 * it is asked for by its own name as product, of any vendor.  Versions are
 * upstream's, so that what Debian's patches fixed is still reported: that it is
 * fixed here comes from the patches, not from the number.
 */
#include "sbom/audit/audit.h"
#include "sbom/audit/debversion.h"

enum { NVD_PRODUCT = 4, NVD_VERSION = 5 }; /* fields of cpe:2.3:... */

/* A field of a CPE name, split at colons that are not escaped. */
static struct str nvd_field(struct str cpe, unsigned which)
{
	size_t from = 0;
	unsigned field = 0;

	for (size_t i = 0; i <= cpe.n; i++) {
		if (i < cpe.n && cpe.p[i] == '\\') {
			i++;
			continue;
		}
		if (i < cpe.n && cpe.p[i] != ':')
			continue;
		if (field == which)
			return str_sub(cpe, from, i - from);
		from = i + 1;
		field++;
	}
	return (struct str){0};
}

static bool nvd_is_product(struct str product, struct str package)
{
	static const char *const names[][2] = {{"mbedtls", "mbed_tls"},
		{"libzstd", "zstandard"}, {"libzstd", "zstd"},
		{"xz-utils", "xz"}, {"xz-utils", "xz_utils"},
		{"libcap2", "libcap"}, {"util-linux", "util-linux"},
		{"libnl3", "libnl"},
		{"criu", "checkpoint\\/restore_in_userspace"},
		{"protobuf-c", "protobuf-c"}};

	if (str_eq(product, package))
		return true;
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (str_is(package, names[i][0]) &&
			str_is(product, names[i][1]))
			return true;
	return false;
}

/* Compare with a bound, if the match has it. */
static bool nvd_has(const struct node *match, const char *key, struct str *out)
{
	*out = node_text(node_get(match, key));
	return out->n > 0;
}

static bool nvd_in_range(const struct node *match, struct str version)
{
	struct str cpe =
		nvd_field(node_text(node_get(match, "criteria")), NVD_VERSION);
	struct str bound;

	if (nvd_has(match, "versionStartIncluding", &bound) &&
		debversion_cmp(version, bound) < 0)
		return false;
	if (nvd_has(match, "versionStartExcluding", &bound) &&
		debversion_cmp(version, bound) <= 0)
		return false;
	if (nvd_has(match, "versionEndIncluding", &bound) &&
		debversion_cmp(version, bound) > 0)
		return false;
	if (nvd_has(match, "versionEndExcluding", &bound) &&
		debversion_cmp(version, bound) >= 0)
		return false;
	if (str_is(cpe, "*"))
		return true;
	return cpe.n > 0 && debversion_cmp(cpe, version) == 0;
}

static int nvd_take_match(
	struct audit *a, struct str id, const struct node *match, struct err *e)
{
	struct str criteria = node_text(node_get(match, "criteria"));
	struct str product = nvd_field(criteria, NVD_PRODUCT);

	if (!node_truth(node_get(match, "vulnerable"), false))
		return 0;
	for (size_t i = 0; i < a->n_packages; i++) {
		const struct lock_line *l = a->packages[i];
		const struct audit_found f = {.cve = id,
			.package = l,
			.fixed = node_text(
				node_get(match, "versionEndExcluding")),
			.rule = "NVD: by its CPE and upstream's version"};

		if (!nvd_is_product(product, l->package) ||
			!nvd_in_range(match, debversion_upstream(l->version)))
			continue;
		if (audit_add(a, &f, e) < 0)
			return -1;
	}
	return 0;
}

static int nvd_take_node(
	struct audit *a, struct str id, const struct node *node, struct err *e)
{
	const struct node *m = node_first(node_get(node, "cpeMatch"));

	for (; m != NULL; m = m->next)
		if (nvd_take_match(a, id, m, e) < 0)
			return -1;
	return 0;
}

static int nvd_take_cve(struct audit *a, const struct node *cve, struct err *e)
{
	const struct node *c = node_first(node_get(cve, "configurations"));
	struct str id = node_text(node_get(cve, "id"));

	a->advisories++;
	if (!fix_is_cve(id) ||
		str_is(node_text(node_get(cve, "vulnStatus")), "Rejected"))
		return 0;
	for (; c != NULL; c = c->next) {
		const struct node *n = node_first(node_get(c, "nodes"));

		for (; n != NULL; n = n->next)
			if (nvd_take_node(a, id, n, e) < 0)
				return -1;
	}
	return 0;
}

int audit_take_nvd(struct audit *a, const struct node *n, struct err *e)
{
	for (const struct node *c = node_first(n); c != NULL; c = c->next)
		if (nvd_take_cve(a, node_get(c, "cve"), e) < 0)
			return -1;
	return 0;
}
