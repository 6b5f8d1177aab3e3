/* spdx3_writer - elements, relationships and references of SPDX 3.0.1. */
#include "sbom/write/spdx3_writer.h"

#include "sbom/model/licence.h"

#include <stdio.h>

enum { SPDX3_TEXT_MAX = 4096 };

static const struct str spdx3_prefix = {"SPDXRef-", 8};

static struct str spdx3_bare(struct str id)
{
	return str_has_prefix(id, spdx3_prefix)
		       ? str_sub(id, spdx3_prefix.n, id.n)
		       : id;
}

void spdx3_fmt(struct spdx3 *s, const char *key, const char *fmt, ...)
{
	char memory[SPDX3_TEXT_MAX];
	struct buf b = buf_fixed(memory, sizeof(memory));
	va_list ap;

	va_start(ap, fmt);
	buf_vfmt(&b, fmt, ap);
	va_end(ap);
	json_str(s->o, key, buf_view(&b));
}

void spdx3_ref(struct spdx3 *s, const char *key, struct str id)
{
	id = spdx3_bare(id);
	spdx3_fmt(s, key, "%s#%.*s", s->space, STR_ARG(id));
}

void spdx3_begin(struct spdx3 *s, const char *type, struct str id)
{
	json_map(s->o, NULL);
	json_text(s->o, "type", type);
	spdx3_ref(s, "spdxId", id);
	json_text(s->o, "creationInfo", "_:creation");
	buf_str(s->elements, id);
	buf_byte(s->elements, '\n');
}

void spdx3_relation(struct spdx3 *s, const struct spdx3_relation *r)
{
	char id[64];

	snprintf(id, sizeof(id), "Relationship-%zu", ++s->n_relations);
	spdx3_begin(s,
		r->scope != NULL ? "LifecycleScopedRelationship"
				 : "Relationship",
		str_of(id));
	if (r->comment.n > 0)
		json_str(s->o, "comment", r->comment);
	spdx3_ref(s, "from", r->from);
	json_text(s->o, "relationshipType", r->how);
	if (r->completeness != NULL)
		json_text(s->o, "completeness", r->completeness);
	if (r->scope != NULL)
		json_text(s->o, "scope", r->scope);
	json_list(s->o, "to");
}

void spdx3_relation_end(struct spdx3 *s)
{
	json_list_end(s->o);
	json_map_end(s->o);
}

void spdx3_relate(
	struct spdx3 *s, const struct spdx3_relation *r, struct str to)
{
	spdx3_relation(s, r);
	spdx3_ref(s, NULL, to);
	spdx3_relation_end(s);
}

static void spdx3_hash(struct spdx3 *s, const char *algorithm, struct str value)
{
	if (value.n == 0)
		return;
	json_map(s->o, NULL);
	json_text(s->o, "type", "Hash");
	json_text(s->o, "algorithm", algorithm);
	json_str(s->o, "hashValue", value);
	json_map_end(s->o);
}

void spdx3_hashes(struct spdx3 *s, struct str sha256, struct str sha512)
{
	if (sha256.n == 0 && sha512.n == 0)
		return;
	json_list(s->o, "verifiedUsing");
	spdx3_hash(s, "sha256", sha256);
	spdx3_hash(s, "sha512", sha512);
	json_list_end(s->o);
}

void spdx3_identifier(struct spdx3 *s, const char *type, struct str value)
{
	if (value.n == 0)
		return;
	json_map(s->o, NULL);
	json_text(s->o, "type", "ExternalIdentifier");
	json_text(s->o, "externalIdentifierType", type);
	json_str(s->o, "identifier", value);
	json_map_end(s->o);
}

void spdx3_reference(struct spdx3 *s, const char *type, struct str locator)
{
	if (locator.n == 0)
		return;
	json_map(s->o, NULL);
	json_text(s->o, "type", "ExternalRef");
	json_text(s->o, "externalRefType", type);
	json_list(s->o, "locator");
	json_str(s->o, NULL, locator);
	json_list_end(s->o);
	json_map_end(s->o);
}

static struct str spdx3_kept(struct spdx3 *s, const char *text)
{
	return str_of(arena_copy(s->m->arena, str_of(text)));
}

struct str spdx3_file_id(struct spdx3 *s, const struct item *x)
{
	char id[MODEL_ID_BYTES + 8];

	snprintf(id, sizeof(id), "%.*s-file", STR_ARG(x->id));
	return spdx3_kept(s, id);
}

struct str spdx3_licence_id(struct spdx3 *s, struct str expression)
{
	char id[64];
	size_t i = 0;

	if (expression.n == 0 || str_is(expression, LICENCE_UNKNOWN))
		return (struct str){0};
	while (i < s->n_licences && !str_eq(s->licences[i], expression))
		i++;
	if (i == SPDX3_LICENCES_MAX) {
		s->o->b->full = true;
		return (struct str){0};
	}
	if (i == s->n_licences)
		s->licences[s->n_licences++] = expression;
	snprintf(id, sizeof(id), "Licence-%zu", i + 1);
	return spdx3_kept(s, id);
}

struct str spdx3_party_id(struct spdx3 *s, const struct sbom_party *p)
{
	char id[64];
	size_t i = 0;

	if (p == NULL || p->name.n == 0)
		return (struct str){0};
	while (i < s->n_parties && !str_eq(s->parties[i]->name, p->name))
		i++;
	if (i == SPDX3_PARTIES_MAX) {
		s->o->b->full = true;
		return (struct str){0};
	}
	if (i == s->n_parties)
		s->parties[s->n_parties++] = p;
	snprintf(id, sizeof(id), "Party-%zu", i + 1);
	return spdx3_kept(s, id);
}
