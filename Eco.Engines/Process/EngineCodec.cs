using System.Collections.Immutable;
using Eco.Engines.Abstractions;
using Eco.Engines.Data;

namespace Eco.Engines.Process;

/// <summary>
/// Calls and answers as bytes: a kind, and the fields in the order of their declaration, little-endian. Agent and engine process are one
/// program, so the form has no version; the run id keeps those of two programs apart.
/// </summary>
public static class EngineCodec
{
    private const int LeastPortBytes = 12;

    private enum Kind : byte
    {
        Open = 1,
        Create = 2,
        Step = 3,
        Swap = 4,
        End = 5,
        Opened = 65,
        Created = 66,
        Stepped = 67,
        Swapped = 68,
        Ended = 69,
        Failed = 70,
    }

    /// <summary>A call as bytes.</summary>
    public static byte[] Encode(EngineCall call)
    {
        ArgumentNullException.ThrowIfNull(call);
        var bytes = new StateWriter();
        switch (call)
        {
            case OpenSession open:
                bytes.Byte((byte)Kind.Open);
                bytes.Text(open.RunId);
                break;
            case CreatePipeline create:
                bytes.Byte((byte)Kind.Create);
                Write(bytes, create);
                break;
            case TakeStep step:
                bytes.Byte((byte)Kind.Step);
                Write(bytes, step.Input);
                bytes.Flag(step.WithCheckpoint);
                break;
            case SwapComponentModel swap:
                bytes.Byte((byte)Kind.Swap);
                bytes.Text(swap.Component);
                Write(bytes, swap.Model);
                break;
            case EndSession:
                bytes.Byte((byte)Kind.End);
                break;
            default:
                throw new ArgumentException($"{call.GetType().Name} is no call of the protocol", nameof(call));
        }

        return bytes.ToArray();
    }

    /// <summary>An answer as bytes.</summary>
    public static byte[] Encode(EngineAnswer answer)
    {
        ArgumentNullException.ThrowIfNull(answer);
        var bytes = new StateWriter();
        switch (answer)
        {
            case SessionOpened opened:
                bytes.Byte((byte)Kind.Opened);
                bytes.Text(opened.RunId);
                bytes.Int64(opened.Steps);
                break;
            case PipelineCreated created:
                bytes.Byte((byte)Kind.Created);
                Write(bytes, created);
                break;
            case StepTaken taken:
                bytes.Byte((byte)Kind.Stepped);
                Write(bytes, taken);
                break;
            case ModelSwapped:
                bytes.Byte((byte)Kind.Swapped);
                break;
            case CallFailed failed:
                bytes.Byte((byte)Kind.Failed);
                bytes.Text(failed.Reason);
                break;
            case SessionEnded:
                bytes.Byte((byte)Kind.Ended);
                break;
            default:
                throw new ArgumentException($"{answer.GetType().Name} is no answer of the protocol", nameof(answer));
        }

        return bytes.ToArray();
    }

    /// <summary>Reads a call.</summary>
    /// <exception cref="PipelineException">The bytes are no call.</exception>
    public static EngineCall DecodeCall(ReadOnlySpan<byte> bytes)
    {
        var reader = new StateReader(bytes, "a call to an engine process");
        EngineCall call = (Kind)reader.Byte() switch
        {
            Kind.Open => new OpenSession(reader.Text()),
            Kind.Create => ReadCreate(ref reader),
            Kind.Step => new TakeStep(ReadInput(ref reader), reader.Flag()),
            Kind.Swap => new SwapComponentModel(reader.Text(), ReadModel(ref reader)),
            Kind.End => new EndSession(),
            Kind other => throw reader.Damaged($"{(byte)other} is no kind of call"),
        };
        reader.End();
        return call;
    }

    /// <summary>Reads an answer.</summary>
    /// <exception cref="PipelineException">The bytes are no answer.</exception>
    public static EngineAnswer DecodeAnswer(ReadOnlySpan<byte> bytes)
    {
        var reader = new StateReader(bytes, "an answer of an engine process");
        EngineAnswer answer = (Kind)reader.Byte() switch
        {
            Kind.Opened => new SessionOpened(reader.Text(), reader.Int64()),
            Kind.Created => new PipelineCreated(reader.Flag() ? ReadResumed(ref reader) : null),
            Kind.Stepped => ReadTaken(ref reader),
            Kind.Swapped => new ModelSwapped(),
            Kind.Ended => new SessionEnded(),
            Kind.Failed => new CallFailed(reader.Text()),
            Kind other => throw reader.Damaged($"{(byte)other} is no kind of answer"),
        };
        reader.End();
        return answer;
    }

    private static void Write(StateWriter bytes, CreatePipeline create)
    {
        bytes.Text(create.Engine);
        bytes.Int32(create.Spec.Components.Length);
        foreach (ComponentSpec component in create.Spec.Components)
        {
            bytes.Text(component.Name);
            bytes.Text(component.Type);
            bytes.Int32(component.Inputs.Count);
            foreach ((string port, PortReference source) in component.Inputs)
            {
                bytes.Text(port);
                bytes.Text(source.Component);
                bytes.Text(source.Port);
            }

            Write(bytes, component.Settings);
        }

        bytes.Text(create.Context.AgentId);
        bytes.UInt64(create.Context.Seed);
        Write(bytes, create.Context.Labels);
        bytes.Text(create.Context.DataRoot);
        Write(bytes, create.Checkpoint);
        bytes.Int64(create.Steps);
        bytes.Flag(create.MayResume);
    }

    private static CreatePipeline ReadCreate(ref StateReader reader)
    {
        string engine = reader.Text();
        var components = ImmutableArray.CreateBuilder<ComponentSpec>();
        for (int left = reader.Count(LeastPortBytes); left > 0; left--)
        {
            string name = reader.Text();
            string type = reader.Text();
            var inputs = ImmutableSortedDictionary.CreateBuilder<string, PortReference>(StringComparer.Ordinal);
            for (int ports = reader.Count(LeastPortBytes); ports > 0; ports--)
            {
                inputs[reader.Text()] = new PortReference(reader.Text(), reader.Text());
            }

            components.Add(new ComponentSpec(name, type, inputs.ToImmutable(), ReadTexts(ref reader)));
        }

        var context = new PipelineContext(reader.Text(), reader.UInt64(), ReadTexts(ref reader), reader.Text());
        return new CreatePipeline(
            engine, new PipelineSpec(components.ToImmutable()), context, ReadBytes(ref reader), reader.Int64(), reader.Flag());
    }

    private static void Write(StateWriter bytes, PipelineCreated created)
    {
        bytes.Flag(created.Resumed is not null);
        if (created.Resumed is not { } resumed)
        {
            return;
        }

        bytes.Int64(resumed.Steps);
        bytes.Int32(resumed.Swaps.Length);
        foreach (ResumedSwap swap in resumed.Swaps)
        {
            bytes.Text(swap.Component);
            bytes.Text(swap.Hash);
            bytes.Int64(swap.AtStep);
        }

        bytes.Flag(resumed.Unsettled is not null);
        if (resumed.Unsettled is not null)
        {
            Write(bytes, resumed.Unsettled);
        }
    }

    private static ResumedPipeline ReadResumed(ref StateReader reader)
    {
        long steps = reader.Int64();
        var swaps = ImmutableArray.CreateBuilder<ResumedSwap>();
        for (int left = reader.Count(LeastPortBytes); left > 0; left--)
        {
            swaps.Add(new ResumedSwap(reader.Text(), reader.Text(), reader.Int64()));
        }

        return new ResumedPipeline(steps, swaps.ToImmutable(), reader.Flag() ? ReadTaken(ref reader) : null);
    }

    private static void Write(StateWriter bytes, StepTaken taken)
    {
        StepResult result = taken.Result;
        bytes.Int32(result.Rows);
        bytes.Int64(result.RawBytes);
        bytes.Flag(result.Finished);
        bytes.Int32(result.Statistics.Count);
        foreach ((string name, double value) in result.Statistics)
        {
            bytes.Text(name);
            bytes.Double(value);
        }

        bytes.Int32(result.Models.Length);
        foreach (EmittedModel emitted in result.Models)
        {
            bytes.Text(emitted.Component);
            Write(bytes, emitted.Model);
        }

        bytes.Int32(result.Notices.Length);
        foreach (EmittedNotice notice in result.Notices)
        {
            bytes.Text(notice.Component);
            bytes.Byte((byte)notice.Kind);
            bytes.Text(notice.Text);
        }

        Write(bytes, taken.Checkpoint);
    }

    private static StepTaken ReadTaken(ref StateReader reader)
    {
        int rows = reader.Int32();
        long rawBytes = reader.Int64();
        bool finished = reader.Flag();
        var statistics = ImmutableSortedDictionary.CreateBuilder<string, double>(StringComparer.Ordinal);
        for (int left = reader.Count(LeastPortBytes); left > 0; left--)
        {
            statistics[reader.Text()] = reader.Double();
        }

        var models = ImmutableArray.CreateBuilder<EmittedModel>();
        for (int left = reader.Count(LeastPortBytes); left > 0; left--)
        {
            models.Add(new EmittedModel(reader.Text(), ReadModel(ref reader)));
        }

        var notices = ImmutableArray.CreateBuilder<EmittedNotice>();
        for (int left = reader.Count(9); left > 0; left--)
        {
            notices.Add(new EmittedNotice(reader.Text(), (PortType)reader.Byte(), reader.Text()));
        }

        var result = new StepResult(
            rows, rawBytes, finished, statistics.ToImmutable(), models.ToImmutable(), notices.ToImmutable());
        return new StepTaken(result, ReadBytes(ref reader));
    }

    private static void Write(StateWriter bytes, StepInput input)
    {
        bytes.Int32(input.Models.Count);
        foreach ((string component, ImmutableArray<ModelArtifact> models) in input.Models)
        {
            bytes.Text(component);
            bytes.Int32(models.Length);
            foreach (ModelArtifact model in models)
            {
                Write(bytes, model);
            }
        }
    }

    private static StepInput ReadInput(ref StateReader reader)
    {
        var inputs = ImmutableSortedDictionary.CreateBuilder<string, ImmutableArray<ModelArtifact>>(StringComparer.Ordinal);
        for (int left = reader.Count(8); left > 0; left--)
        {
            string component = reader.Text();
            var models = ImmutableArray.CreateBuilder<ModelArtifact>();
            for (int each = reader.Count(LeastPortBytes); each > 0; each--)
            {
                models.Add(ReadModel(ref reader));
            }

            inputs[component] = models.ToImmutable();
        }

        return new StepInput(inputs.ToImmutable());
    }

    private static void Write(StateWriter bytes, ModelArtifact model)
    {
        bytes.Text(model.Kind);
        bytes.Blob(model.Content);
        bytes.Double(model.Weight);
    }

    private static ModelArtifact ReadModel(ref StateReader reader) => new(reader.Text(), reader.Blob().ToArray(), reader.Double());

    private static void Write(StateWriter bytes, ImmutableSortedDictionary<string, string> texts)
    {
        bytes.Int32(texts.Count);
        foreach ((string key, string value) in texts)
        {
            bytes.Text(key);
            bytes.Text(value);
        }
    }

    private static ImmutableSortedDictionary<string, string> ReadTexts(ref StateReader reader)
    {
        var texts = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        for (int left = reader.Count(8); left > 0; left--)
        {
            texts[reader.Text()] = reader.Text();
        }

        return texts.ToImmutable();
    }

    private static void Write(StateWriter bytes, byte[]? content)
    {
        bytes.Flag(content is not null);
        if (content is not null)
        {
            bytes.Blob(content);
        }
    }

    private static byte[]? ReadBytes(ref StateReader reader) => reader.Flag() ? reader.Blob().ToArray() : null;
}
