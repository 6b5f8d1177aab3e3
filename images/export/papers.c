/* papers - written from the same few values, in a fixed order. */
#include "images/export/papers.h"

#include "images/export/erofs.h"
#include "images/sign/bundle.h"
#include "images/sign/statement.h"
#include "lib/arc/sha1.h"
#include "lib/base/version.h"

#define PROVENANCE_TYPE "https://slsa.dev/provenance/v1"
#define IMAGE_REF       "DocumentRef-image"

static struct str image_name(const struct papers *p)
{
	return view_annotation(p->view, "io.containerd.image.name");
}

static struct str image_hex(const struct papers *p)
{
	struct str digest = str_of(view_digest(p->view->image));

	return str_sub(digest, STR("sha256:").n, digest.n);
}

static void put_sha256(struct json_out *o, struct str hex)
{
	json_map(o, "digest");
	json_str(o, "sha256", hex);
	json_map_end(o);
}

/* ---- provenance ------------------------------------------------------- */

static void put_subjects(const struct papers *p, struct json_out *o)
{
	json_list(o, "subject");
	json_map(o, NULL);
	json_text(o, "name", p->file);
	json_map(o, "digest");
	json_text(o, "sha256", p->disc->sha256);
	json_text(o, "dm-verity", p->disc->root_hash);
	json_map_end(o);
	json_map_end(o);
	json_list_end(o);
}

static void put_verity(const struct papers *p, struct json_out *o)
{
	json_map(o, "verity");
	json_text(o, "rootHash", p->disc->root_hash);
	json_text(o, "algorithm", "sha256");
	json_text(o, "salt", p->disc->salt);
	json_whole(o, "blockSize", EROFS_BLOCK_BYTES);
	json_whole(o, "dataBlocks", (int64_t)p->disc->data_blocks);
	json_map_end(o);
}

static void put_definition(const struct papers *p, struct json_out *o)
{
	json_map(o, "buildDefinition");
	json_text(o, "buildType", "urn:keelson:export:v1");
	json_map(o, "externalParameters");
	json_text(o, "format", p->format);
	json_text(o, "name", p->name);
	json_str(o, "image", image_name(p));
	json_map_end(o);
	json_map(o, "internalParameters");
	put_verity(p, o);
	json_map_end(o);
	json_list(o, "resolvedDependencies");
	json_map(o, NULL);
	json_str(o, "name", image_name(p));
	put_sha256(o, image_hex(p));
	json_text(o, "mediaType", OCI_MANIFEST);
	json_map_end(o);
	json_list_end(o);
	json_map_end(o);
}

void papers_provenance(const struct papers *p, struct buf *out)
{
	struct json_out o = json_out(out, 0);

	json_map(&o, NULL);
	json_text(&o, "_type", "https://in-toto.io/Statement/v1");
	put_subjects(p, &o);
	json_text(&o, "predicateType", PROVENANCE_TYPE);
	json_map(&o, "predicate");
	put_definition(p, &o);
	json_map(&o, "runDetails");
	json_map(&o, "builder");
	json_text(&o, "id", "urn:keelson:builder:v1");
	json_map(&o, "version");
	json_text(&o, "keelson", KEELSON_VERSION);
	json_map_end(&o);
	json_map_end(&o);
	json_map_end(&o);
	json_map_end(&o);
	json_map_end(&o);
}

/* ---- SPDX ---------------------------------------------------------------- */

static void put_checksum(
	struct json_out *o, const char *algorithm, const char *hex)
{
	json_text(o, "algorithm", algorithm);
	json_text(o, "checksumValue", hex);
}

static void put_creation(const struct papers *p, struct json_out *o)
{
	struct str created = node_text(node_get(p->view->config, "created"));

	json_map(o, "creationInfo");
	json_str(o, "created",
		created.n ? created : STR("1970-01-01T00:00:00Z"));
	json_list(o, "creators");
	json_text(o, NULL, "Tool: keelson-" KEELSON_VERSION);
	json_list_end(o);
	json_map_end(o);
}

static void put_image_document(const struct papers *p, struct json_out *o)
{
	char hex[SHA1_HEX + 1];

	if (p->sbom.n == 0)
		return;
	sha1_hex(p->sbom, hex);
	json_list(o, "externalDocumentRefs");
	json_map(o, NULL);
	json_text(o, "externalDocumentId", IMAGE_REF);
	json_str(o, "spdxDocument", p->sbom_namespace);
	json_map(o, "checksum");
	put_checksum(o, "SHA1", hex);
	json_map_end(o);
	json_map_end(o);
	json_list_end(o);
}

static void put_package(const struct papers *p, struct json_out *o)
{
	json_list(o, "packages");
	json_map(o, NULL);
	json_text(o, "SPDXID", "SPDXRef-Export");
	json_text(o, "name", p->file);
	json_str(
		o, "versionInfo", view_annotation(p->view, OCI_KEY("version")));
	json_text(o, "downloadLocation", "NOASSERTION");
	json_truth(o, "filesAnalyzed", false);
	json_text(o, "primaryPackagePurpose", "ARCHIVE");
	json_list(o, "checksums");
	json_map(o, NULL);
	put_checksum(o, "SHA256", p->disc->sha256);
	json_map_end(o);
	json_list_end(o);
	json_list(o, "externalRefs");
	json_map(o, NULL);
	json_text(o, "referenceCategory", "OTHER");
	json_text(o, "referenceType", "dm-verity-root-hash");
	json_text(o, "referenceLocator", p->disc->root_hash);
	json_map_end(o);
	json_list_end(o);
	json_map_end(o);
	json_list_end(o);
}

static void put_relation(
	struct json_out *o, const char *from, const char *type, const char *to)
{
	json_map(o, NULL);
	json_text(o, "spdxElementId", from);
	json_text(o, "relationshipType", type);
	json_text(o, "relatedSpdxElement", to);
	json_map_end(o);
}

void papers_spdx(const struct papers *p, struct buf *out)
{
	char namespace[64 + SHA256_HEX];
	struct buf text = buf_fixed(namespace, sizeof(namespace));
	struct json_out o = json_out(out, 2);

	buf_fmt(&text, "urn:keelson:export:%s", p->disc->sha256);
	json_map(&o, NULL);
	json_text(&o, "spdxVersion", "SPDX-2.3");
	json_text(&o, "dataLicense", "CC0-1.0");
	json_text(&o, "SPDXID", "SPDXRef-DOCUMENT");
	json_text(&o, "name", p->file);
	json_str(&o, "documentNamespace", buf_view(&text));
	put_creation(p, &o);
	put_image_document(p, &o);
	put_package(p, &o);
	json_list(&o, "relationships");
	put_relation(&o, "SPDXRef-DOCUMENT", "DESCRIBES", "SPDXRef-Export");
	if (p->sbom.n > 0)
		put_relation(&o, "SPDXRef-Export", "GENERATED_FROM",
			IMAGE_REF ":SPDXRef-Image");
	json_list_end(&o);
	json_map_end(&o);
	buf_byte(out, '\n');
}

/* ---- the signature ------------------------------------------------------- */

int papers_sign(const struct sign_key *k, struct str statement, struct buf *out,
	struct err *e)
{
	unsigned char digest[SHA256_BYTES];
	char sig[P256_SIGNATURE_BYTES];
	struct str signature = {sig, 0};

	dsse_digest(STR(STATEMENT_TYPE), statement, digest);
	signature.n = p256_sign(k->secret, digest, (unsigned char *)sig);
	if (signature.n == 0)
		return err_set(e, "the key signs nothing");
	bundle_put(out, k->id, STR(STATEMENT_TYPE), statement, signature);
	return 0;
}
