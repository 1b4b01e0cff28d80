import { createHash } from "node:crypto";
import { afterEach, describe, expect, it } from "vitest";
import { openMediaStore } from "../../src/media/registry.ts";
import { type S3Emulator, type S3EmulatorOptions, startS3Emulator } from "../emulators/s3/index.ts";
import { refusalOf } from "../emulators/s3/signature.ts";
import { remoteStoreContract } from "./media-remote-contract.ts";
import { realClock } from "./support/real-clock.ts";

const settingsOf = ({ credentials }: S3Emulator): Record<string, string> => ({
  S3_ACCESS_KEY_ID: credentials.accessKeyId,
  S3_SECRET_ACCESS_KEY: credentials.secretAccessKey,
  S3_REGION: credentials.region,
});

remoteStoreContract("s3", async () => {
  const server = await startS3Emulator({ pageSize: 50, basePath: "/storage/v1/s3" });
  return {
    server,
    mediaUrl: `s3://${server.bucket}/easel/media?endpoint=${server.url}/storage/v1/s3`,
    environment: settingsOf(server),
    prefix: "easel/media/",
    secrets: [server.credentials.accessKeyId, server.credentials.secretAccessKey, "Signature="],
  };
});

describe("the S3 media store", () => {
  const cleanUps: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const cleanUp of cleanUps.splice(0)) await cleanUp();
  });
  const setUp = async (options: S3EmulatorOptions, settings: Record<string, string> = {}, path = "") => {
    const server = await startS3Emulator(options);
    const { store, close } = openMediaStore(
      `s3://${path === "" ? server.bucket : path}?endpoint=${server.url}/`,
      { ...settingsOf(server), ...settings },
      { clock: realClock },
    );
    cleanUps.push(close, server.close);
    return { server, store };
  };
  const bytes = Buffer.from("media");
  const key = `gen_1/${createHash("sha256").update(bytes).digest("hex")}.png`;

  it("is content with no prefix and the region of the standard", async () => {
    const { server, store } = await setUp({}, { S3_REGION: "" });
    await store.put(key, bytes, "image/png");
    expect([...server.objects.keys()]).toEqual([key]);
  });

  it("signs for the region that is set", async () => {
    const credentials = { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "s/e+c=ret", region: "auto" };
    const { server, store } = await setUp({ credentials });
    await store.put(key, bytes, "image/png");
    expect(server.objects.size).toBe(1);
  });

  it.each([
    [{ S3_SECRET_ACCESS_KEY: "wrong" }, "", "SignatureDoesNotMatch"],
    [{ S3_ACCESS_KEY_ID: "AKIDOTHER" }, "", "InvalidAccessKeyId"],
    [{ S3_REGION: "eu-west-1" }, "", "AuthorizationHeaderMalformed"],
    [{}, "no-such-bucket", "NoSuchBucket"],
  ])("says what the operator must set right: %j %s", async (settings, path, reason) => {
    const { server, store } = await setUp({}, settings, path);
    const wanted = { code: "STORE_UNAVAILABLE", context: { reason } };
    await expect(store.put(key, bytes, "image/png")).rejects.toMatchObject(wanted);
    await expect(store.read(key)).rejects.toMatchObject(wanted);
    await expect(store.stream(key, { start: 0 })).rejects.toMatchObject(wanted);
    await expect(Array.fromAsync(store.keys(""))).rejects.toMatchObject(wanted);
    expect(server.requests).toHaveLength(4);
  });

  it("says that the clock is wrong when it is", async () => {
    const { store } = await setUp({ now: () => Date.now() + 20 * 60_000 });
    await expect(store.read(key)).rejects.toMatchObject({ context: { reason: "RequestTimeTooSkewed" } });
  });

  it("repeats an upload that stalled on the way, though S3 answers 400 to it", async () => {
    const { server, store } = await setUp({});
    server.fault({ fault: { kind: "error", status: 400, code: "RequestTimeout" } });
    await store.put(key, bytes, "image/png");
    expect(server.objects.size).toBe(1);
  });
});

describe("the stand-in for S3", () => {
  // The example of AWS's own documentation: "Signature Calculations for the Authorization Header", GET Object.
  const credentials = {
    accessKeyId: "AKIAIOSFODNN7EXAMPLE",
    secretAccessKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
    region: "us-east-1",
  };
  const request = {
    method: "GET",
    path: "/test.txt",
    query: "",
    body: Buffer.alloc(0),
    headers: {
      host: "examplebucket.s3.amazonaws.com",
      range: "bytes=0-9",
      "x-amz-content-sha256": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
      "x-amz-date": "20130524T000000Z",
      authorization:
        "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,SignedHeaders=host;range;x-amz-content-sha256;x-amz-date,Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41",
    },
  };
  const at = Date.parse("2013-05-24T00:05:00Z");

  it("takes the signature of AWS's example", () => {
    expect(refusalOf(request, credentials, at)).toBeNull();
  });

  it.each([
    ["another path", { path: "/test.tx" }, "SignatureDoesNotMatch"],
    ["another method", { method: "DELETE" }, "SignatureDoesNotMatch"],
    ["another query", { query: "list-type=2" }, "SignatureDoesNotMatch"],
    ["another range", { headers: { ...request.headers, range: "bytes=0-8" } }, "SignatureDoesNotMatch"],
    ["a header more", { headers: { ...request.headers, "x-amz-acl": "public-read" } }, "AccessDenied"],
    ["another body", { body: Buffer.from("x") }, "XAmzContentSHA256Mismatch"],
    ["no signature", { headers: { ...request.headers, authorization: undefined } }, "AccessDenied"],
  ])("refuses %s", (_, change, code) => {
    expect(refusalOf({ ...request, ...change }, credentials, at)?.[1]).toBe(code);
  });

  it("refuses a signature of an hour ago", () => {
    expect(refusalOf(request, credentials, at + 3_600_000)?.[1]).toBe("RequestTimeTooSkewed");
  });
});
