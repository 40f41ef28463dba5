using System.Buffers;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text.Json;
using Eco.Runtime.Persistence.Artifacts;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Eco.Host.Artifacts;

/// <summary>Answers one request after the other; what it says is in docs/wire-protocol.md, Artefacts.</summary>
internal sealed partial class ArtifactRequestHandler(ArtifactServerOptions options, IArtifactContent store, ILogger logger)
{
    /// <summary>The path of an artefact begins with it.</summary>
    public const string Path = "/artefacts/";

    /// <summary>The header that says how many bytes of an unfinished artefact are there.</summary>
    public const string ReceivedHeader = "Artefact-Received";
    private const int BufferBytes = 128 * 1024;
    private readonly TransferPlaces _places = new(options);

    public async Task HandleAsync(HttpContext context)
    {
        try
        {
            await AnswerAsync(context).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            Log.CutOff(logger, context.Request.Method, context.Request.Path);
        }
        catch (BadHttpRequestException e)
        {
            // The body ended early, or came too slowly; what was there is kept.
            Log.CutOff(logger, context.Request.Method, context.Request.Path);
            await RefuseAsync(context, (HttpStatusCode)e.StatusCode, e.Message, "send the rest; ask with HEAD how much is there").ConfigureAwait(false);
        }
        catch (ArtifactBusyException e)
        {
            await RefuseAsync(context, HttpStatusCode.Conflict, e.Message, "ask with HEAD how much is there, and try again later", retryAfterSeconds: 2).ConfigureAwait(false);
        }
        catch (ArtifactLengthException e)
        {
            await RefuseAsync(context, HttpStatusCode.Conflict, e.Message, "send the rest with the total of its beginning, or begin anew with byte 0").ConfigureAwait(false);
        }
        catch (ArtifactSpaceException e)
        {
            await RefuseAsync(context, HttpStatusCode.InsufficientStorage, e.Message, "free some space at the server").ConfigureAwait(false);
        }
        catch (IOException e) when (!context.RequestAborted.IsCancellationRequested)
        {
            Log.StorageFailed(logger, context.Request.Method, context.Request.Path, e);
            await RefuseAsync(context, HttpStatusCode.InsufficientStorage, $"the server's storage failed: {e.Message}", "see the server's log").ConfigureAwait(false);
        }
        catch (IOException)
        {
            Log.CutOff(logger, context.Request.Method, context.Request.Path);
        }
    }

    private async Task AnswerAsync(HttpContext context)
    {
        HttpRequest request = context.Request;
        if (request.Path.Value is not { } path || !path.StartsWith(Path, StringComparison.Ordinal))
        {
            await RefuseAsync(context, HttpStatusCode.NotFound, "there are only artefacts here", $"ask for {Path} and the artefact's SHA-256").ConfigureAwait(false);
            return;
        }

        string hash = path[Path.Length..];
        if (!ArtifactName.IsValid(hash))
        {
            await RefuseAsync(context, HttpStatusCode.BadRequest, "an artefact's name is 64 lower-case hexadecimal digits", "name it by the SHA-256 of its bytes").ConfigureAwait(false);
            return;
        }

        bool isPut = HttpMethods.IsPut(request.Method);
        if (!isPut && !HttpMethods.IsGet(request.Method) && !HttpMethods.IsHead(request.Method))
        {
            context.Response.Headers.Allow = "HEAD, GET, PUT";
            await RefuseAsync(context, HttpStatusCode.MethodNotAllowed, $"{request.Method} means nothing here", "use HEAD, GET or PUT").ConfigureAwait(false);
            return;
        }

        using TransferPlace? place = await _places.TakeAsync(context).ConfigureAwait(false);
        if (place is null)
        {
            await RefuseAsync(
                context, HttpStatusCode.ServiceUnavailable, $"{options.MaxTransfers} transfers are under way", "try again later", retryAfterSeconds: 5).ConfigureAwait(false);
            return;
        }

        await (isPut ? PutAsync(context, hash, place) : GetAsync(context, hash, place)).ConfigureAwait(false);
    }

    private async Task GetAsync(HttpContext context, string hash, TransferPlace place)
    {
        HttpResponse response = context.Response;
        ArtifactExtent extent = await store.FindAsync(hash, context.RequestAborted).ConfigureAwait(false);
        if (extent.Length is not { } length)
        {
            if (extent.Received > 0)
            {
                response.Headers[ReceivedHeader] = extent.Received.ToString(CultureInfo.InvariantCulture);
            }

            await RefuseAsync(context, HttpStatusCode.NotFound, $"there is no artefact {hash}", "PUT it first").ConfigureAwait(false);
            return;
        }

        response.Headers.AcceptRanges = "bytes";
        response.Headers.ETag = $"\"{hash}\"";
        if (!ArtifactRange.TryRead(context.Request.Headers.Range, length, out ArtifactRange range))
        {
            response.Headers.ContentRange = string.Create(CultureInfo.InvariantCulture, $"bytes */{length}");
            await RefuseAsync(
                context, HttpStatusCode.RequestedRangeNotSatisfiable, $"the artefact has {length} bytes", "ask for a range within them").ConfigureAwait(false);
            return;
        }

        if (range.Count < length)
        {
            response.StatusCode = (int)HttpStatusCode.PartialContent;
            response.Headers.ContentRange = range.ContentRange(length);
        }

        response.ContentType = "application/octet-stream";
        response.ContentLength = range.Count;
        if (HttpMethods.IsGet(context.Request.Method))
        {
            await SendAsync(context, hash, range, length, place).ConfigureAwait(false);
        }
    }

    private async Task SendAsync(HttpContext context, string hash, ArtifactRange range, long length, TransferPlace place)
    {
        using IncrementalHash hasher = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            Stream content = await store.ReadAsync(hash, range.From, context.RequestAborted).ConfigureAwait(false);
            await using (content.ConfigureAwait(false))
            {
                for (long left = range.Count; left > 0;)
                {
                    int read = await content.ReadAsync(buffer.AsMemory(0, (int)Math.Min(buffer.Length, left)), context.RequestAborted).ConfigureAwait(false);
                    if (read == 0)
                    {
                        context.Abort(); // Shorter than it was said to be; what was announced cannot be sent.
                        return;
                    }

                    hasher.AppendData(buffer, 0, read);
                    await context.Response.Body.WriteAsync(buffer.AsMemory(0, read), context.RequestAborted).ConfigureAwait(false);
                    place.Moved(read);
                    left -= read;
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        // Who receives it finds out as well; here it makes room for sound bytes.
        if (range.Count == length && Convert.ToHexStringLower(hasher.GetHashAndReset()) != hash)
        {
            await store.DiscardAsync(hash, CancellationToken.None).ConfigureAwait(false);
        }
    }

    private async Task PutAsync(HttpContext context, string hash, TransferPlace place)
    {
        HttpRequest request = context.Request;
        if (request.ContentLength is not { } bodyLength)
        {
            await RefuseAsync(context, HttpStatusCode.LengthRequired, "the length is not said", "send Content-Length").ConfigureAwait(false);
            return;
        }

        var range = new ArtifactRange(0, bodyLength);
        long total = bodyLength;
        string? header = request.Headers.ContentRange;
        if (header is not null && (!ArtifactRange.TryReadContent(header, out range, out total) || range.Count != bodyLength))
        {
            await RefuseAsync(
                context, HttpStatusCode.BadRequest, $"Content-Range '{header}' does not fit {bodyLength} bytes", "write bytes FROM-TO/TOTAL").ConfigureAwait(false);
            return;
        }

        if (total > options.MaxBytes)
        {
            await RefuseAsync(context, HttpStatusCode.RequestEntityTooLarge, ArtifactTexts.TooLarge(total, options.MaxBytes), "make the model smaller, or raise the limit").ConfigureAwait(false);
            return;
        }

        if ((await store.FindAsync(hash, context.RequestAborted).ConfigureAwait(false)).Length is not null)
        {
            context.Response.StatusCode = (int)HttpStatusCode.OK;
            return;
        }

        IArtifactIntake intake = await store.TakeAsync(hash, total, context.RequestAborted, anew: range.From == 0).ConfigureAwait(false);
        await using (intake.ConfigureAwait(false))
        {
            await ReceiveAsync(context, hash, intake, range, total, place).ConfigureAwait(false);
        }
    }

    private async Task ReceiveAsync(HttpContext context, string hash, IArtifactIntake intake, ArtifactRange range, long total, TransferPlace place)
    {
        if (range.From != intake.Received)
        {
            context.Response.Headers[ReceivedHeader] = intake.Received.ToString(CultureInfo.InvariantCulture);
            await RefuseAsync(
                context, HttpStatusCode.Conflict, $"{intake.Received} bytes are there, and the request begins at {range.From}", "begin where it ends").ConfigureAwait(false);
            return;
        }

        byte[] buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            for (int read; (read = await context.Request.Body.ReadAsync(buffer, context.RequestAborted).ConfigureAwait(false)) > 0;)
            {
                place.Moved(read);
                await intake.WriteAsync(buffer.AsMemory(0, read), context.RequestAborted).ConfigureAwait(false);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        if (intake.Received < total)
        {
            context.Response.StatusCode = (int)HttpStatusCode.Accepted;
            context.Response.Headers[ReceivedHeader] = intake.Received.ToString(CultureInfo.InvariantCulture);
            return;
        }

        string got = await intake.FinishAsync(context.RequestAborted).ConfigureAwait(false);
        if (got != hash)
        {
            await RefuseAsync(context, HttpStatusCode.UnprocessableEntity, ArtifactTexts.Corrupt(hash, got), "send the bytes that the name says, from the beginning").ConfigureAwait(false);
            return;
        }

        context.Response.StatusCode = (int)HttpStatusCode.Created;
    }

    private static async Task RefuseAsync(HttpContext context, HttpStatusCode code, string cause, string cure, int retryAfterSeconds = 0)
    {
        HttpResponse response = context.Response;
        if (response.HasStarted || context.RequestAborted.IsCancellationRequested)
        {
            return;
        }

        response.StatusCode = (int)code;
        if (retryAfterSeconds > 0)
        {
            response.Headers.RetryAfter = retryAfterSeconds.ToString(CultureInfo.InvariantCulture);
        }

        // A body that nobody wants is not waited for.
        if (HttpMethods.IsPut(context.Request.Method) && context.Request.ContentLength is null or > 0)
        {
            response.Headers.Connection = "close";
        }

        byte[] body = JsonSerializer.SerializeToUtf8Bytes(new ArtifactRefusal((int)code, cause, cure), ArtifactJson.Default.ArtifactRefusal);
        response.ContentType = "application/json";
        response.ContentLength = body.Length;
        if (!HttpMethods.IsHead(context.Request.Method))
        {
            await response.Body.WriteAsync(body, context.RequestAborted).ConfigureAwait(false);
        }
    }
}
