/*
 * image_tree - assemble the tree, find out what it was made of, add the
 * licences of that, describe all in an SBOM, add that, too.
 *
 * The SBOM is written from the sealed tree, which is then opened once more
 * for this one file; so the SBOM lists every file but itself.
 */
#include "images/assemble/image_tree.h"

#include "images/assemble/image_licences.h"
#include "images/assemble/image_sboms.h"
#include "images/assemble/policy.h"
#include "images/assemble/release.h"
#include "rootfs/tree_seal.h"
#include "sbom/sbom.h"
#include "sbom/write/document.h"

static uint32_t mode_of(const struct tree_entry *x)
{
	static const uint32_t kind[] = {
		[TREE_DIR] = 0040000,
		[TREE_FILE] = 0100000,
		[TREE_LINK] = 0120000,
		[TREE_HARD] = 0100000,
	};

	return kind[x->type] | (x->type == TREE_LINK ? 0777 : x->mode);
}

static enum sbom_origin origin_of(enum tree_origin origin)
{
	static const enum sbom_origin origins[] = {
		[TREE_NOWHERE] = SBOM_MADE, /* refused by tree_add() */
		[TREE_PROGRAM] = SBOM_PROGRAM,
		[TREE_PINNED] = SBOM_PINNED,
		[TREE_SKELETON] = SBOM_SKELETON,
		[TREE_MADE] = SBOM_MADE,
		[TREE_UNTRACED] = SBOM_UNTRACED,
	};

	return origins[origin];
}

static struct sbom_file sbom_file_of(const struct tree_entry *x)
{
	return (struct sbom_file){
		.path = x->path,
		.mode = mode_of(x),
		.sha256 = str_of(x->sha256),
		.sha1 = str_of(x->sha1),
		.target = x->target,
		.origin = origin_of(x->origin),
		.name = x->name,
		.place = x->source,
		.licence = x->licence,
		.how = x->how,
	};
}

/* What the SBOM knows of the files: copies, for the tree changes once more
   while the SBOM is still needed. */
static struct sbom_file *sbom_files_of(struct image_work *w)
{
	struct tree_entry *kept =
		arena_alloc(&w->arena, w->tree.n * sizeof(*kept));
	struct sbom_file *files =
		arena_alloc(&w->arena, w->tree.n * sizeof(*files));

	for (size_t i = 0; kept && files && i < w->tree.n; i++) {
		kept[i] = w->tree.entries[i];
		files[i] = sbom_file_of(&kept[i]);
	}
	return kept ? files : NULL;
}

static int no_memory(struct err *e)
{
	return err_kind(e, ERR_LIMIT, "out of memory");
}

/* What the tree was made of. */
static int look_behind(struct image_work *w, struct err *e)
{
	struct sbom_request r = {
		.project = &w->r->project->is,
		.lock = w->r->project->at.lock,
		.evidence = w->r->project->at.evidence,
		.packages = w->r->project->at.packages,
		.image = w->d.name.p,
		.version = w->r->version,
		.arch = w->r->arch,
		.created = w->r->time_s,
		.self = w->sbom_path + 1,
		.files = sbom_files_of(w),
		.n_files = w->tree.n,
	};

	if (!r.files)
		return no_memory(e);
	return sbom_open(&r, &w->made, e) < 0 ? err_at(e, "SBOM") : 0;
}

/* ---- what was found ---- */

static bool is_described(const struct model *m, struct str path)
{
	for (size_t i = 0; i < m->n_files; i++)
		if (str_eq(m->files[i].file->path, path))
			return true;
	return false;
}

/* Of the files of the tree, those that the SBOM does not have yet. */
static int describe_new(struct image_work *w, struct err *e)
{
	struct sbom_file *files = sbom_files_of(w);
	size_t n = 0;

	if (!files)
		return no_memory(e);
	for (size_t i = 0; i < w->tree.n; i++)
		if (w->tree.entries[i].type != TREE_DIR &&
			!is_described(&w->made.model, files[i].path))
			files[n++] = files[i];
	return sbom_add_files(&w->made, files, n, e);
}

/* What scanners look for, and licences. */
static int add_found(struct image_work *w, struct err *e)
{
	if (look_behind(w, e) < 0 ||
		image_licences_check(&w->made.notice, e) < 0)
		return -1;
	tree_open(&w->tree);
	if (release_add(w, e) < 0)
		return -1;
	if (image_licences_add(&w->made.items, &w->tree, e) < 0)
		return err_at(e, "licences");
	return tree_seal(&w->tree, e) < 0 ? -1 : describe_new(w, e);
}

/* ---- the SBOM ---- */

static int add_sbom(struct image_work *w, struct err *e)
{
	if (image_sboms_first(w, e) < 0)
		return -1;
	tree_open(&w->tree);
	if (tree_add(&w->tree,
		    &(struct tree_entry){.type = TREE_FILE,
			    .mode = 0644,
			    .path = str_of(w->sbom_path),
			    .bytes = buf_view(&w->sboms[0].text),
			    .origin = TREE_MADE,
			    .name = STR("the evidence of the build")},
		    e) < 0)
		return -1;
	return tree_seal(&w->tree, e);
}

int image_tree_make(struct image_work *w, struct err *e)
{
	if (assemble(&w->d, w->r->project, &w->tree, e) < 0)
		return -1;
	if (tree_seal(&w->tree, e) < 0 ||
		policy_check(&w->tree, w->r->arch, e) < 0 ||
		add_found(w, e) < 0 || add_sbom(w, e) < 0)
		return err_at(e, "%s", w->d.file);
	return 0;
}
