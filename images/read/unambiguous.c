/*
 * unambiguous - for each document: how its keys are spelled, then the values
 * by which readers choose.
 */
#include "images/read/unambiguous.h"

#include "images/read/spelling.h"
#include "lib/arc/oci.h"

static const char *const oci_keys[] = {"schemaVersion", "mediaType",
	"artifactType", "manifests", "config", "layers", "subject",
	"annotations", "digest", "size", "urls", "data", "platform",
	"architecture", "os", "os.version", "os.features", "variant",
	"imageLayoutVersion", "created", "author", "rootfs", "type", "diff_ids",
	"history", "created_by", "comment", "empty_layer", "User",
	"ExposedPorts", "Env", "Entrypoint", "Cmd", "Volumes", "WorkingDir",
	"Labels", "StopSignal", "ArgsEscaped", "Healthcheck", "OnBuild",
	"Shell", "Test", "Interval", "Timeout", "StartPeriod", "StartInterval",
	"Retries", NULL};

static const char *const docker_keys[] = {
	"Config", "RepoTags", "Layers", "Parent", "LayerSources", NULL};

static bool is_type(const struct node *descriptor, const char *type)
{
	return str_is(node_text(node_get(descriptor, "mediaType")), type);
}

/* A document may leave its own type out, or have the right one. */
static int check_own_type(
	const struct node *document, const char *type, struct err *e)
{
	const struct node *own = node_get(document, "mediaType");

	if (node_whole(node_get(document, "schemaVersion"), 0) != 2)
		return err_kind(e, ERR_INPUT, "schemaVersion is not 2");
	if (own && !is_type(document, type))
		return err_kind(e, ERR_INPUT, "mediaType is %.*s, not %s",
			STR_ARG(node_text(own)), type);
	return 0;
}

/* What it names lies in the layout, and nowhere else. */
static int check_descriptor(
	const struct node *d, const char *key, const char *type, struct err *e)
{
	if (!is_type(d, type))
		return err_kind(e, ERR_INPUT, "%s: mediaType is %.*s, not %s",
			key, STR_ARG(node_text(node_get(d, "mediaType"))),
			type);
	if (node_get(d, "urls") || node_get(d, "data"))
		return err_kind(e, ERR_INPUT,
			"%s: it may have neither urls nor data", key);
	return 0;
}

int unambiguous_keys(const struct node *document, struct err *e)
{
	return spelling_check(document, oci_keys, e);
}

int unambiguous_index(const struct node *index, struct err *e)
{
	const struct node *list = node_get(index, "manifests");

	if (spelling_check(index, oci_keys, e) < 0 ||
		check_own_type(index, OCI_INDEX, e) < 0)
		return -1;
	for (const struct node *c = node_first(list); c; c = c->next)
		if (check_descriptor(c, "manifests",
			    is_type(c, OCI_INDEX) ? OCI_INDEX : OCI_MANIFEST,
			    e) < 0)
			return -1;
	return 0;
}

static bool is_same_platform(const struct node *a, const struct node *b)
{
	static const char *const keys[] = {
		"os", "architecture", "variant", "os.version"};

	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++)
		if (!str_eq(node_text(node_get(a, keys[i])),
			    node_text(node_get(b, keys[i]))))
			return false;
	return true;
}

/* Does it say one, which none before it says? */
static int check_one_platform(
	const struct node *list, const struct node *c, struct err *e)
{
	const struct node *is = node_get(c, "platform");
	struct str os = node_text(node_get(is, "os"));
	struct str arch = node_text(node_get(is, "architecture"));

	if (!os.n || !arch.n)
		return err_kind(
			e, ERR_INPUT, "an image of several says no platform");
	for (const struct node *b = node_first(list); b != c; b = b->next)
		if (is_same_platform(node_get(b, "platform"), is))
			return err_kind(e, ERR_INPUT,
				"two images for %.*s/%.*s", STR_ARG(os),
				STR_ARG(arch));
	return 0;
}

int unambiguous_platforms(const struct node *index, struct err *e)
{
	const struct node *list = node_get(index, "manifests");

	if (spelling_check(index, oci_keys, e) < 0 ||
		check_own_type(index, OCI_INDEX, e) < 0)
		return -1;
	for (const struct node *c = node_first(list); c; c = c->next)
		if (check_descriptor(c, "manifests", OCI_MANIFEST, e) < 0 ||
			check_one_platform(list, c, e) < 0)
			return -1;
	return 0;
}

int unambiguous_manifest(const struct node *manifest, struct err *e)
{
	const struct node *layers = node_get(manifest, "layers");

	if (spelling_check(manifest, oci_keys, e) < 0 ||
		check_own_type(manifest, OCI_MANIFEST, e) < 0 ||
		check_descriptor(node_get(manifest, "config"), "config",
			OCI_CONFIG, e) < 0)
		return -1;
	for (const struct node *c = node_first(layers); c; c = c->next)
		if (check_descriptor(c, "layers", OCI_LAYER_GZ, e) < 0)
			return -1;
	return 0;
}

int unambiguous_referrer(
	const struct node *entry, const struct node *manifest, struct err *e)
{
	struct str type = node_text(node_get(entry, "artifactType"));
	struct str said = node_text(node_get(manifest, "artifactType"));

	if (spelling_check(manifest, oci_keys, e) < 0 ||
		check_own_type(manifest, OCI_MANIFEST, e) < 0)
		return -1;
	if (!said.n || (type.n && !str_eq(type, said)))
		return err_kind(e, ERR_INPUT,
			"the index says artifactType %.*s, the manifest %.*s",
			STR_ARG(type), STR_ARG(said));
	if (!is_type(node_get(manifest, "config"), OCI_EMPTY))
		return err_kind(e, ERR_INPUT,
			"the manifest of artifactType %.*s can be taken for an "
			"image: its config is not %s",
			STR_ARG(said), OCI_EMPTY);
	return 0;
}

int unambiguous_tagged(const struct node *manifest, struct err *e)
{
	const struct node *config = node_get(manifest, "config");
	const struct node *layers = node_get(manifest, "layers");

	if (spelling_check(manifest, oci_keys, e) < 0 ||
		check_own_type(manifest, OCI_MANIFEST, e) < 0 ||
		check_descriptor(config, "config",
			is_type(config, OCI_EMPTY) ? OCI_EMPTY : OCI_CONFIG,
			e) < 0)
		return -1;
	if (!node_first(layers))
		return err_kind(
			e, ERR_INPUT, "its tag says signatures; it has none");
	for (const struct node *c = node_first(layers); c; c = c->next)
		if (check_descriptor(c, "layers",
			    is_type(c, OCI_CLAIM) ? OCI_CLAIM : OCI_ENVELOPE,
			    e) < 0)
			return -1;
	return 0;
}

static int check_platform(const struct node *config,
	const struct node *platform, const char *key, struct err *e)
{
	struct str here = node_text(node_get(config, key));
	struct str there = node_text(node_get(platform, key));

	if (platform && !str_eq(here, there))
		return err_kind(e, ERR_INPUT,
			"%s is \"%.*s\" in the configuration and \"%.*s\" in "
			"the index",
			key, STR_ARG(here), STR_ARG(there));
	return 0;
}

int unambiguous_config(
	const struct node *config, const struct node *entry, struct err *e)
{
	const struct node *platform = node_get(entry, "platform");
	const struct node *ids = node_path(config, "rootfs", "diff_ids", NULL);

	if (spelling_check(config, oci_keys, e) < 0 ||
		check_platform(config, platform, "os", e) < 0 ||
		check_platform(config, platform, "architecture", e) < 0)
		return -1;
	if (!node_first(ids) || node_first(ids)->next)
		return err_kind(
			e, ERR_INPUT, "rootfs: not exactly one of diff_ids");
	return 0;
}

static int check_path(
	const struct node *n, const char *key, const char *want, struct err *e)
{
	if (!str_is(node_text(n), want))
		return err_kind(e, ERR_INPUT,
			"%s is \"%.*s\"; by the index it is %s", key,
			STR_ARG(node_text(n)), want);
	return 0;
}

/* The entry whose only name is this one; NULL when it is not one. */
static const struct node *find_named(const struct node *docker, struct str name)
{
	const struct node *found = NULL;

	for (const struct node *c = node_first(docker); c; c = c->next) {
		const struct node *tag = node_first(node_get(c, "RepoTags"));

		if (!str_eq(node_text(tag), name))
			continue;
		if (found || tag->next)
			return NULL;
		found = c;
	}
	return found;
}

int unambiguous_docker(const struct node *docker,
	const struct unambiguous_image *image, struct err *e)
{
	const struct node *entry = node_first(docker), *layer;

	if (spelling_check(docker, docker_keys, e) < 0)
		return -1;
	if (image->n > 1)
		entry = find_named(docker, image->name);
	layer = node_first(node_get(entry, "Layers"));
	if (!entry || docker->count != image->n || !layer || layer->next)
		return err_kind(e, ERR_INPUT,
			"it has not exactly the %zu images of the index, each "
			"with one layer%s",
			image->n, image->n > 1 ? " and one name" : "");
	if (check_path(node_get(entry, "Config"), "Config", image->config_path,
		    e) < 0)
		return -1;
	return check_path(layer, "Layers", image->layer_path, e);
}

int unambiguous_mark(const struct node *mark, struct err *e)
{
	if (spelling_check(mark, oci_keys, e) < 0)
		return -1;
	if (!str_is(node_text(node_get(mark, "imageLayoutVersion")), "1.0.0"))
		return err_kind(
			e, ERR_INPUT, "imageLayoutVersion is not 1.0.0");
	return 0;
}
