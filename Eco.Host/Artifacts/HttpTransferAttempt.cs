using System.Buffers;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Eco.Runtime.Persistence;
using Eco.Runtime.Persistence.Artifacts;

namespace Eco.Host.Artifacts;

/// <summary>One attempt over HTTP. Whatever keeps it from its end is thrown: a <see cref="TransferException"/>, or what the network threw.</summary>
/// <param name="client">The connections.</param>
/// <param name="server">The server's address.</param>
/// <param name="store">The agent's artefacts.</param>
/// <param name="job">What is transferred.</param>
/// <param name="moved">Told how far it is, whenever something has moved.</param>
/// <param name="cancellation">Ends it.</param>
internal sealed class HttpTransferAttempt(
    HttpClient client, Uri server, IArtifactContent store, TransferJob job, Action<long> moved, CancellationToken cancellation)
{
    private const int BufferBytes = 128 * 1024;
    private const int MaximumRefusalBytes = 4096;

    private Uri Artefact => new(server, ArtifactRequestHandler.Path + job.Hash);

    /// <summary>Asks how much the server has, and sends the rest.</summary>
    public async Task UploadAsync()
    {
        long offset;
        using (var question = new HttpRequestMessage(HttpMethod.Head, Artefact))
        using (HttpResponseMessage answer = await client.SendAsync(question, HttpCompletionOption.ResponseHeadersRead, cancellation).ConfigureAwait(false))
        {
            if (answer.IsSuccessStatusCode)
            {
                return;
            }

            if (answer.StatusCode != HttpStatusCode.NotFound)
            {
                throw await RefusalAsync(answer).ConfigureAwait(false);
            }

            offset = ReceivedOf(answer);
        }

        if (offset >= job.Length)
        {
            offset = 0;
        }

        moved(offset);
        Stream content = await OpenAsync(offset).ConfigureAwait(false);
        await using (content.ConfigureAwait(false))
        {
            using var request = new HttpRequestMessage(HttpMethod.Put, Artefact)
            {
                Content = new ArtifactBody(content, job.Length - offset, bytes => moved(offset + bytes), cancellation),
            };

            // So that a body is not sent in vain: the server looks at the head first.
            request.Headers.ExpectContinue = true;
            if (offset > 0)
            {
                request.Content.Headers.ContentRange = new ContentRangeHeaderValue(offset, job.Length - 1, job.Length);
            }

            using HttpResponseMessage answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation).ConfigureAwait(false);
            if (answer.StatusCode is not (HttpStatusCode.OK or HttpStatusCode.Created))
            {
                throw await RefusalAsync(answer).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Asks for what is missing here, and publishes it when it is whole and right.</summary>
    public async Task DownloadAsync()
    {
        IArtifactIntake intake = await AtHomeAsync(() => store.TakeAsync(job.Hash, job.Length, cancellation)).ConfigureAwait(false);
        await using (intake.ConfigureAwait(false))
        {
            moved(intake.Received);
            if (intake.Received < job.Length || job.Length == 0)
            {
                await FetchAsync(intake).ConfigureAwait(false);
            }

            if (intake.Received < job.Length)
            {
                throw new TransferException(TransferFault.Interrupted, FormattableString.Invariant($"{server} sent {intake.Received} of {job.Length} bytes"));
            }

            string got = await AtHomeAsync(() => intake.FinishAsync(cancellation)).ConfigureAwait(false);
            if (got != job.Hash)
            {
                throw new TransferException(TransferFault.Corrupt, ArtifactTexts.Corrupt(job.Hash, got));
            }
        }
    }

    private async Task FetchAsync(IArtifactIntake intake)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, Artefact);
        if (intake.Received > 0)
        {
            request.Headers.Range = new RangeHeaderValue(intake.Received, null);
        }

        using HttpResponseMessage answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation).ConfigureAwait(false);
        if (answer.StatusCode is not (HttpStatusCode.OK or HttpStatusCode.PartialContent))
        {
            throw await RefusalAsync(answer).ConfigureAwait(false);
        }

        if (answer.StatusCode == HttpStatusCode.OK && intake.Received > 0)
        {
            await AtHomeAsync(async () =>
            {
                await intake.RestartAsync(cancellation).ConfigureAwait(false);
                return 0;
            }).ConfigureAwait(false);
        }

        long? total = answer.StatusCode == HttpStatusCode.OK ? answer.Content.Headers.ContentLength : answer.Content.Headers.ContentRange?.Length;
        if (total != job.Length || (answer.Content.Headers.ContentRange?.From ?? 0) != intake.Received)
        {
            throw new TransferException(
                TransferFault.Corrupt, FormattableString.Invariant($"{server} has {total} bytes under the name {job.Hash}, which was said to have {job.Length}"));
        }

        byte[] buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            Stream content = await answer.Content.ReadAsStreamAsync(cancellation).ConfigureAwait(false);
            await using (content.ConfigureAwait(false))
            {
                for (int read; (read = await content.ReadAsync(buffer, cancellation).ConfigureAwait(false)) > 0; moved(intake.Received))
                {
                    int count = read;
                    await AtHomeAsync(async () =>
                    {
                        await intake.WriteAsync(buffer.AsMemory(0, count), cancellation).ConfigureAwait(false);
                        return 0;
                    }).ConfigureAwait(false);
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private Task<Stream> OpenAsync(long offset) => AtHomeAsync(async () =>
    {
        ArtifactExtent extent = await store.FindAsync(job.Hash, cancellation).ConfigureAwait(false);
        return extent.Length == job.Length
            ? await store.ReadAsync(job.Hash, offset, cancellation).ConfigureAwait(false)
            : throw new TransferException(
                TransferFault.Missing, FormattableString.Invariant($"artefact {job.Hash} of {job.Length} bytes is not here, but {extent.Length ?? 0} bytes of it"));
    });

    // Both ends throw IOExceptions; this tells a disk of this agent from a network.
    private static async Task<T> AtHomeAsync<T>(Func<Task<T>> call)
    {
        try
        {
            return await call().ConfigureAwait(false);
        }
        catch (ArtifactBusyException e)
        {
            throw new TransferException(TransferFault.Overloaded, e.Message, e);
        }
        catch (FileNotFoundException e)
        {
            throw new TransferException(TransferFault.Missing, e.Message, e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TransferException(TransferFault.Storage, e.Message, e);
        }
    }

    private static long ReceivedOf(HttpResponseMessage answer) =>
        answer.Headers.TryGetValues(ArtifactRequestHandler.ReceivedHeader, out IEnumerable<string>? values)
        && long.TryParse(values.First(), NumberStyles.None, CultureInfo.InvariantCulture, out long received)
            ? received
            : 0;

    private async Task<TransferException> RefusalAsync(HttpResponseMessage answer)
    {
        string reason = await ReasonAsync(answer).ConfigureAwait(false);
        TransferFault fault = answer.StatusCode switch
        {
            HttpStatusCode.NotFound => TransferFault.Missing,
            HttpStatusCode.Conflict or HttpStatusCode.ServiceUnavailable or HttpStatusCode.TooManyRequests => TransferFault.Overloaded,
            HttpStatusCode.UnprocessableEntity or HttpStatusCode.RequestedRangeNotSatisfiable => TransferFault.Corrupt,
            HttpStatusCode.InsufficientStorage => TransferFault.Storage,
            >= HttpStatusCode.InternalServerError or HttpStatusCode.RequestTimeout => TransferFault.Interrupted,
            _ => TransferFault.Refused,
        };
        return new TransferException(fault, FormattableString.Invariant($"{server} answered {(int)answer.StatusCode}: {reason}"));
    }

    private async Task<string> ReasonAsync(HttpResponseMessage answer)
    {
        if (answer.Content.Headers.ContentLength is not (> 0 and <= MaximumRefusalBytes) || answer.RequestMessage?.Method == HttpMethod.Head)
        {
            return answer.ReasonPhrase ?? "without a reason";
        }

        try
        {
            byte[] body = await answer.Content.ReadAsByteArrayAsync(cancellation).ConfigureAwait(false);
            return JsonSerializer.Deserialize(body, ArtifactJson.Default.ArtifactRefusal)?.Cause ?? "without a reason";
        }
        catch (JsonException)
        {
            return "with something that is no refusal of an eco server";
        }
    }

    /// <summary>The rest of an artefact as a request's body.</summary>
    private sealed class ArtifactBody(Stream content, long length, Action<long> moved, CancellationToken cancellation) : HttpContent
    {
        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => CopyAsync(stream);

        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken) => CopyAsync(stream);

        protected override bool TryComputeLength(out long computed)
        {
            computed = length;
            return true;
        }

        private async Task CopyAsync(Stream stream)
        {
            byte[] buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
            try
            {
                long sent = 0;
                for (int read; (read = await content.ReadAsync(buffer, cancellation).ConfigureAwait(false)) > 0; moved(sent))
                {
                    await stream.WriteAsync(buffer.AsMemory(0, read), cancellation).ConfigureAwait(false);
                    sent += read;
                }
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(buffer);
            }
        }
    }
}
