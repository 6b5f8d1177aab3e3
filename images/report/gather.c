/*
 * gather - the SBOM of the traced programs is made anew, in memory, as
 * `keelson sbom --format` does; then one file after another fills its part.
 */
#include "images/report/gather.h"

#include "images/read/find_sbom.h"
#include "images/read/listing_layer.h"
#include "images/report/gather_parts.h"
#include "lib/arc/sha1.h"

#include <sys/stat.h>

/* ---- the SBOM of the programs ---- */

static int gather_file(struct gather *g, const struct gather_program *p,
	struct sbom_file *out, struct err *e)
{
	char sha1[SHA1_HEX + 1];
	struct str path = str_of(p->path);

	if (str_has_prefix(path, STR("/")))
		path = str_sub(path, 1, path.n);
	sha1_hex(p->bytes, sha1);
	*out = (struct sbom_file){
		.path = path,
		.mode = S_IFREG | 0755,
		.sha256 = p->sha256,
		.origin = SBOM_PROGRAM,
		.name = str_base_name(path),
		.bytes = p->bytes,
	};
	return gather_fmt(g, &out->sha1, e, "%s", sha1);
}

static int gather_version(struct gather *g, struct str *out, struct err *e)
{
	struct str version = g->product->version;

	if (g->release != NULL)
		version = str_of(g->release);
	if (version.n == 0)
		version = g->project->version;
	if (version.n == 0 && g->lock->n > 0)
		version = g->lock->lines[0].version;
	return gather_fmt(
		g, out, e, "%.*s", STR_ARG(version.n > 0 ? version : STR("0")));
}

static int gather_sbom(struct gather *g, struct err *e)
{
	struct str name, version;
	struct sbom_file *files = NULL;
	struct sbom_request r = {
		.project = g->project,
		.is_program = g->view == NULL,
		.created = g->epoch_s,
		.arch = g->arch,
		.root = g->root,
		.opened_lock = g->lock,
		.opened_evidence = g->evidence,
		.n_files = g->n_programs,
	};

	if (gather_room(g, g->n_programs, sizeof(*files), &files, e) < 0 ||
		gather_fmt(g, &name, e, "%.*s", STR_ARG(g->product->name)) <
			0 ||
		gather_version(g, &version, e) < 0)
		return -1;
	for (size_t i = 0; i < g->n_programs; i++)
		if (gather_file(g, &g->programs[i], &files[i], e) < 0)
			return -1;
	r.files = files;
	r.image = name.p;
	r.version = version.p;
	return sbom_open(&r, &g->sbom, e);
}

static int gather_layer(struct gather *g, struct err *e)
{
	char hex[SHA256_HEX + 1];

	if (g->view == NULL)
		return 0;
	if (listing_layer(g->view, g->arena, &g->layer, e) < 0)
		return -1;
	return find_sbom(g->view, &g->layer, &g->spdx, hex, e);
}

int gather(struct gather *g, struct page *out, struct err *e)
{
	*out = (struct page){.is_image = g->view != NULL};
	g->page = out;
	if (gather_layer(g, e) < 0 || gather_sbom(g, e) < 0 ||
		gather_programs(g, e) < 0 || gather_untraced(g, e) < 0 ||
		gather_packages(g, e) < 0 || gather_patches(g, e) < 0 ||
		gather_verdicts(g, e) < 0 || gather_origin(g, e) < 0 ||
		gather_image(g, e) < 0 || gather_signatures(g, e) < 0)
		return -1;
	return gather_commands(g, e);
}

void gather_close(struct gather *g)
{
	listing_free(&g->layer);
	sbom_close(&g->sbom);
}
