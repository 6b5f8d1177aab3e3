/*
 * oci - put values into JSON in the key order of the specification's examples.
 *
 * The output is compact: programs read it, people use `keelson image show`.
 */
#include "lib/arc/oci.h"

#include "lib/arc/arch.h"
#include "lib/arc/oci_health.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "lib/base/json.h"

#define OCI_SCHEMA_VERSION 2

void oci_time(int64_t time_s, char out[OCI_TIME_BYTES])
{
	time_t t = (time_t)time_s;
	struct tm tm = {0};

	gmtime_r(&t, &tm);
	if (!strftime(out, OCI_TIME_BYTES, "%Y-%m-%dT%H:%M:%SZ", &tm))
		out[0] = '\0';
}

void oci_describe(struct oci_blob *b, const char *type, struct str bytes)
{
	char hex[SHA256_HEX + 1];

	sha256_hex(bytes, hex);
	*b = (struct oci_blob){.type = type, .size_bytes = bytes.n};
	snprintf(b->digest, sizeof(b->digest), "sha256:%s", hex);
}

static void put_pairs(struct json_out *o, const struct oci_pair *p)
{
	for (; p && p->key; p++)
		if (p->value.n)
			json_str(o, p->key, p->value);
}

static void put_annotations(
	struct json_out *o, const struct oci_pair *p, const struct node *more)
{
	if (!p)
		return;
	json_map(o, "annotations");
	put_pairs(o, p);
	for (const struct node *n = node_first(more); n; n = n->next)
		json_str(o, n->key.p, node_text(n));
	json_map_end(o);
}

/* The members of a descriptor (descriptor.md), into the open object. */
static void put_descriptor(struct json_out *o, const struct oci_blob *b)
{
	json_text(o, "mediaType", b->type);
	json_text(o, "digest", b->digest);
	json_whole(o, "size", (int64_t)b->size_bytes);
}

static void put_blob(
	struct json_out *o, const char *key, const struct oci_blob *b)
{
	json_map(o, key);
	put_descriptor(o, b);
	json_map_end(o);
}

static void put_list(
	struct json_out *o, const char *key, const struct node *list)
{
	if (!node_first(list))
		return;
	json_list(o, key);
	for (const struct node *c = node_first(list); c; c = c->next)
		json_str(o, NULL, node_text(c));
	json_list_end(o);
}

/* A map as a list of "KEY=value". */
static void put_env(struct json_out *o, const struct node *env)
{
	char text[4096];

	if (!node_first(env))
		return;
	json_list(o, "Env");
	for (const struct node *c = node_first(env); c; c = c->next) {
		struct buf b = buf_fixed(text, sizeof(text));

		buf_str(&b, c->key);
		buf_byte(&b, '=');
		buf_str(&b, node_text(c));
		if (b.full)
			o->b->full = true;
		json_str(o, NULL, buf_view(&b));
	}
	json_list_end(o);
}

static void put_labels(struct json_out *o, const struct oci_config *c)
{
	json_map(o, "Labels");
	put_pairs(o, c->more_labels);
	for (const struct node *n = node_first(c->labels); n; n = n->next)
		json_str(o, n->key.p, node_text(n));
	json_map_end(o);
}

/* A list of texts as a set: {"8080/tcp":{}} (config.md, ExposedPorts). */
static void put_set(
	struct json_out *o, const char *key, const struct node *list)
{
	if (!node_first(list))
		return;
	json_map(o, key);
	for (const struct node *c = node_first(list); c; c = c->next) {
		json_map(o, c->text.p);
		json_map_end(o);
	}
	json_map_end(o);
}

static void put_run_config(struct json_out *o, const struct oci_config *c)
{
	json_map(o, "config");
	if (c->user.n)
		json_str(o, "User", c->user);
	put_set(o, "ExposedPorts", c->ports);
	put_env(o, c->env);
	put_list(o, "Entrypoint", c->entrypoint);
	put_list(o, "Cmd", c->cmd);
	oci_health_write(o, c->healthcheck);
	put_set(o, "Volumes", c->volumes);
	if (c->workdir.n)
		json_str(o, "WorkingDir", c->workdir);
	put_labels(o, c);
	if (c->stop_signal.n)
		json_str(o, "StopSignal", c->stop_signal);
	json_map_end(o);
}

static void put_layer(
	struct json_out *o, const struct oci_config *c, const char *created)
{
	json_map(o, "rootfs");
	json_text(o, "type", "layers");
	json_list(o, "diff_ids");
	json_text(o, NULL, c->diff_id);
	json_list_end(o);
	json_map_end(o);
	json_list(o, "history");
	json_map(o, NULL);
	json_text(o, "created", created);
	json_text(o, "created_by", c->created_by);
	json_map_end(o);
	json_list_end(o);
}

/* Readers that ask for one get it: "v8" for arm64. */
static void put_variant(struct json_out *o, const char *name)
{
	const struct arch *arch = arch_find(str_of(name));

	if (arch && arch->variant)
		json_text(o, "variant", arch->variant);
}

void oci_write_config(const struct oci_config *c, struct buf *out)
{
	struct json_out o = json_out(out, 0);
	char created[OCI_TIME_BYTES];

	oci_time(c->created_s, created);
	json_map(&o, NULL);
	json_text(&o, "created", created);
	if (c->author.n)
		json_str(&o, "author", c->author);
	json_text(&o, "architecture", c->arch);
	json_text(&o, "os", "linux");
	put_variant(&o, c->arch);
	put_run_config(&o, c);
	put_layer(&o, c, created);
	json_map_end(&o);
}

void oci_write_manifest(const struct oci_manifest *m, struct buf *out)
{
	struct json_out o = json_out(out, 0);

	json_map(&o, NULL);
	json_whole(&o, "schemaVersion", OCI_SCHEMA_VERSION);
	json_text(&o, "mediaType", OCI_MANIFEST);
	if (m->artifact_type)
		json_text(&o, "artifactType", m->artifact_type);
	put_blob(&o, "config", m->config);
	json_list(&o, "layers");
	put_blob(&o, NULL, m->layer);
	json_list_end(&o);
	if (m->subject)
		put_blob(&o, "subject", m->subject);
	put_annotations(&o, m->annotations, m->more_annotations);
	json_map_end(&o);
}

static void put_listed(struct json_out *o, const struct oci_listed *l)
{
	json_map(o, NULL);
	put_descriptor(o, l->manifest);
	if (l->artifact_type)
		json_text(o, "artifactType", l->artifact_type);
	if (l->arch) {
		json_map(o, "platform");
		json_text(o, "architecture", l->arch);
		json_text(o, "os", "linux");
		put_variant(o, l->arch);
		json_map_end(o);
	}
	put_annotations(o, l->annotations, NULL);
	json_map_end(o);
}

void oci_write_index(const struct oci_listed *list, size_t n, struct buf *out)
{
	struct json_out o = json_out(out, 0);

	json_map(&o, NULL);
	json_whole(&o, "schemaVersion", OCI_SCHEMA_VERSION);
	json_text(&o, "mediaType", OCI_INDEX);
	json_list(&o, "manifests");
	for (size_t i = 0; i < n; i++)
		put_listed(&o, &list[i]);
	json_list_end(&o);
	json_map_end(&o);
}

int oci_blob_name(
	const char *digest, char out[OCI_BLOB_NAME_BYTES], struct err *e)
{
	const struct str prefix = STR("sha256:");
	struct str hex = str_sub(str_of(digest), prefix.n, SIZE_MAX);
	unsigned char bytes[SHA256_BYTES];

	out[0] = '\0';
	if (!str_has_prefix(str_of(digest), prefix) || hex.n != SHA256_HEX ||
		str_unhex(hex, bytes, sizeof(bytes)) < 0)
		return err_kind(
			e, ERR_INPUT, "\"%s\" is not a sha256 digest", digest);
	snprintf(out, OCI_BLOB_NAME_BYTES, "blobs/sha256/%s", hex.p);
	return 0;
}

static void put_blob_name(
	struct json_out *o, const char *key, const struct oci_blob *b)
{
	char name[OCI_BLOB_NAME_BYTES];

	oci_blob_name(b->digest, name, NULL);
	json_text(o, key, name);
}

void oci_write_docker(const struct oci_blob *config,
	const struct oci_blob *layer, const char *tag, struct buf *out)
{
	struct json_out o = json_out(out, 0);

	json_list(&o, NULL);
	json_map(&o, NULL);
	put_blob_name(&o, "Config", config);
	json_list(&o, "RepoTags");
	json_text(&o, NULL, tag);
	json_list_end(&o);
	json_list(&o, "Layers");
	put_blob_name(&o, NULL, layer);
	json_list_end(&o);
	json_map_end(&o);
	json_list_end(&o);
}
