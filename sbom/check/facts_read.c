/* facts_read - finds out the format and leaves the rest to its reader. */
#include "sbom/check/facts_read.h"

#include "lib/base/json.h"
#include "sbom/check/facts_cdx.h"
#include "sbom/check/facts_spdx2.h"
#include "sbom/check/facts_spdx3.h"

static bool facts_is_spdx3(const struct node *doc)
{
	struct str context = node_text(node_get(doc, "@context"));

	return str_has_prefix(context, STR("https://spdx.org/rdf/3.")) &&
	       node_get(doc, "@graph") != NULL;
}

int facts_read(
	struct str text, struct arena *a, struct facts *out, struct err *e)
{
	const struct node *doc;

	*out = (struct facts){.arena = a};
	if (json_parse(text, a, &doc, e) < 0)
		return -1;
	if (str_is(node_text(node_get(doc, "bomFormat")), "CycloneDX"))
		return facts_read_cdx(doc, out, e);
	if (str_has_prefix(
		    node_text(node_get(doc, "spdxVersion")), STR("SPDX-2.")))
		return facts_read_spdx2(doc, out, e);
	if (facts_is_spdx3(doc))
		return facts_read_spdx3(doc, out, e);
	return err_kind(
		e, ERR_INPUT, "neither SPDX 2, SPDX 3 nor CycloneDX in JSON");
}
