/*
 * notice_sources - each part says why its source is offered; what the project
 * itself adds (its files, its recipes) is in its repository.
 */
#include "sbom/write/notice_sources.h"

#include "sbom/licence/rule.h"

/* ---- text ---- */

static void sources_file_text(
	const struct item *x, const char *what, struct buf *out)
{
	if (x == NULL)
		return;
	buf_fmt(out, "  %-8s %.*s\n", what, STR_ARG(x->file_name));
	if (x->place.n > 0)
		buf_fmt(out, "    url    %.*s\n", STR_ARG(x->place));
	buf_fmt(out, "    sha256 %.*s\n", STR_ARG(x->sha256));
	if (x->sha512.n > 0)
		buf_fmt(out, "    sha512 %.*s\n", STR_ARG(x->sha512));
}

static void sources_patches_text(
	const struct items *items, const struct notice_part *p, struct buf *out)
{
	const struct model *m = items->model;

	for (size_t i = 0; i < m->n_patches; i++)
		if (m->patches[i].package == p->package &&
			m->patches[i].is_ours)
			buf_fmt(out, "  patch    %.*s\n    sha256 %.*s\n",
				STR_ARG(m->patches[i].name),
				STR_ARG(m->patches[i].file.sha256));
}

static void sources_own_text(const struct items *items, struct buf *out)
{
	const struct sbom_project *p = items->project;

	if (p->source.n > 0)
		buf_fmt(out, "  git      %.*s\n", STR_ARG(p->source));
	if (p->revision.n > 0)
		buf_fmt(out, "    commit %.*s\n", STR_ARG(p->revision));
	buf_text(out, "  what was compiled, the patches and the recipes that "
		      "built it are there\n");
}

static void sources_why_text(const struct notice_part *p, struct buf *out)
{
	buf_fmt(out, "\n%.*s %.*s\n", STR_ARG(p->name), STR_ARG(p->version));
	if ((p->duties & DUTY_SOURCE) == 0) {
		buf_text(out, "  part of a program that is passed on under the "
			      "GPL\n");
		return;
	}
	buf_text(out, "  under");
	for (size_t i = 0; i < p->n_uses; i++)
		if ((p->uses[i].duties & DUTY_SOURCE) != 0)
			buf_fmt(out, " %.*s", STR_ARG(p->uses[i].id));
	buf_byte(out, '\n');
}

void notice_sources_text(const struct items *items, struct buf *out)
{
	const struct notice *n = items->notice;
	const struct sbom_request *r = n->model->request;
	size_t offered = 0;

	buf_fmt(out,
		"Sources of %s %s whose licences demand that they are "
		"offered\n",
		r->image, r->version);
	for (size_t i = 0; i < n->n_parts; i++) {
		const struct notice_part *p = &n->parts[i];

		if (!p->is_offered || p->host != NULL)
			continue;
		offered++;
		sources_why_text(p, out);
		if (p->package == NULL) {
			sources_own_text(items, out);
			continue;
		}
		sources_file_text(
			items_of_package(items, p->package->line), "file", out);
		sources_file_text(
			items_of_patches(items, p->package), "patches", out);
		sources_patches_text(items, p, out);
	}
	if (offered == 0)
		buf_text(out, "\nnone: no licence in it demands that\n");
	else
		sources_own_text(items, out);
}

/* ---- JSON ---- */

static void sources_file_json(
	const struct item *x, const char *role, struct json_out *o)
{
	if (x == NULL)
		return;
	json_map(o, NULL);
	json_text(o, "role", role);
	json_str(o, "name", x->file_name);
	if (x->place.n > 0)
		json_str(o, "url", x->place);
	json_str(o, "sha256", x->sha256);
	if (x->sha512.n > 0)
		json_str(o, "sha512", x->sha512);
	json_map_end(o);
}

static void sources_part_json(const struct items *items,
	const struct notice_part *p, struct json_out *o)
{
	const struct model *m = items->model;

	json_list(o, "files");
	if (p->package != NULL) {
		sources_file_json(
			items_of_package(items, p->package->line), "source", o);
		sources_file_json(
			items_of_patches(items, p->package), "patches", o);
	}
	for (size_t i = 0; p->package != NULL && i < m->n_patches; i++) {
		if (m->patches[i].package != p->package ||
			!m->patches[i].is_ours)
			continue;
		json_map(o, NULL);
		json_text(o, "role", "patch");
		json_str(o, "name", m->patches[i].name);
		json_str(o, "sha256", m->patches[i].file.sha256);
		json_map_end(o);
	}
	json_list_end(o);
}

void notice_sources_json(const struct items *items, struct json_out *o)
{
	const struct notice *n = items->notice;

	json_list(o, "sources");
	for (size_t i = 0; i < n->n_parts; i++) {
		const struct notice_part *p = &n->parts[i];

		if (!p->is_offered || p->host != NULL)
			continue;
		json_map(o, NULL);
		json_str(o, "name", p->name);
		json_str(o, "version", p->version);
		json_truth(o, "becauseOfWhole", (p->duties & DUTY_SOURCE) == 0);
		sources_part_json(items, p, o);
		json_map_end(o);
	}
	json_list_end(o);
	if (items->project->source.n > 0)
		json_str(o, "recipes", items->project->source);
	if (items->project->revision.n > 0)
		json_str(o, "recipesRevision", items->project->revision);
}
