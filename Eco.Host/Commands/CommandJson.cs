using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Eco.Host.Commands;

/// <summary>A line of <c>eco doctor --format json</c>.</summary>
internal sealed record DoctorLine(string Name, string Outcome, string Text, string Cure);

/// <summary>A journal in the document of <c>eco audit verify --format json</c>.</summary>
internal sealed record AuditedJournal(string Journal, long Entities, long Events, long Commit, long LastOrdering, bool Adopted, AuditProblem[] Problems);

/// <summary>A problem of an <see cref="AuditedJournal"/>.</summary>
/// <param name="Outcome">Such as <c>JournalCorrupt(ion-1, 7)</c>.</param>
/// <param name="Text">What was found.</param>
/// <param name="Cure">What to do.</param>
internal sealed record AuditProblem(string Outcome, string Text, string Cure);

/// <summary>The document of <c>eco version --format json</c>.</summary>
internal sealed record VersionLine(string Version, string Commit, string Runtime, string Os);

/// <summary>The document of <c>eco ion show --graph --format json</c>.</summary>
/// <param name="Ion">The ION's id.</param>
/// <param name="Notation"><c>text</c> or <c>mermaid</c>.</param>
/// <param name="Graph">The drawing.</param>
internal sealed record GraphDocument(string Ion, string Notation, string Graph);

/// <summary>The document of <c>eco db migrate --format json</c>.</summary>
internal sealed record MigrationLine(int SchemaBefore, int SchemaAfter);

/// <summary>The document of <c>eco db status --format json</c>.</summary>
internal sealed record DatabaseDocument(
    string Database,
    string Primary,
    string Version,
    int Schema,
    int SchemaNeeded,
    ImmutableSortedDictionary<string, string> Settings,
    ImmutableArray<StandbyDocument> Standbys,
    long Bytes,
    ImmutableSortedDictionary<string, long> TableBytes,
    long Partitions,
    long Entities,
    long Events,
    ImmutableArray<string> Warnings);

/// <summary>A standby of a <see cref="DatabaseDocument"/>.</summary>
internal sealed record StandbyDocument(string Name, string State, string Sync);

/// <summary>The document of <c>eco db import --format json</c>.</summary>
/// <param name="Partitions">Partitions of the journal.</param>
/// <param name="Entities">Entities of the journal.</param>
/// <param name="Events">Events of the journal.</param>
/// <param name="LastOrdering">The last event's ordering.</param>
/// <param name="StatisticsRows">Rows of statistics.</param>
/// <param name="Artifacts">Artefacts.</param>
/// <param name="ArtifactBytes">Their bytes.</param>
/// <param name="TimelineEvents">Events of the timeline; null where it is made anew.</param>
/// <param name="Kept">Where the files are now.</param>
internal sealed record ImportDocument(
    int Partitions, long Entities, long Events, long LastOrdering, long StatisticsRows, long Artifacts, long ArtifactBytes, long? TimelineEvents, string Kept);

/// <summary>How the documents of commands that need no host look.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(DoctorLine[]))]
[JsonSerializable(typeof(AuditedJournal[]))]
[JsonSerializable(typeof(VersionLine))]
[JsonSerializable(typeof(GraphDocument))]
[JsonSerializable(typeof(MigrationLine))]
[JsonSerializable(typeof(DatabaseDocument))]
[JsonSerializable(typeof(ImportDocument))]
[JsonSerializable(typeof(string[]))]
internal sealed partial class CommandJson : JsonSerializerContext;
