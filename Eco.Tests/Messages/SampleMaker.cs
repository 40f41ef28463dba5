using System.Collections;
using System.Collections.Immutable;
using System.Reflection;
using Eco.Actors.Agents;
using Eco.Runtime.Persistence;

namespace Eco.Tests.Messages;

/// <summary>
/// Makes an instance of a message type in which no field has its default value, always the same one. Only what the type's constructor
/// says decides, so that a change of form changes the sample.
/// </summary>
internal static class SampleMaker
{
    private const int Items = 2;

    public static object Make(Type type) => Make(type, type.Name, 1);

    private static object Make(Type type, string name, int n)
    {
        Type actual = Nullable.GetUnderlyingType(type) ?? type;
        return actual switch
        {
            _ when actual == typeof(string) => $"{name}-{n}",
            _ when actual == typeof(bool) => true,
            _ when actual == typeof(int) => n + 10,
            _ when actual == typeof(long) => n + 9_007_199_254_740_000L,
            _ when actual == typeof(ulong) => ulong.MaxValue - (ulong)n,
            _ when actual == typeof(double) => n + 0.1,
            _ when actual == typeof(byte[]) => new byte[] { 0, 255, (byte)n },
            _ when actual == typeof(TimeSpan) => TimeSpan.FromMilliseconds(1_500 + n),
            _ when actual == typeof(DateTimeOffset) => new DateTimeOffset(2026, 1, 2, 3, 4, n, TimeSpan.Zero),
            _ when actual == typeof(HybridTimestamp) => new HybridTimestamp(1_700_000_000_000 + n, n, "edge-1"),
            _ when actual == typeof(AgentCommand) => Make(typeof(DeployNode), name, n),
            _ when actual == typeof(AgentReport) => Make(typeof(InstanceReported), name, n),
            _ when actual.IsEnum => actual.GetEnumValues().GetValue(actual.GetEnumValues().Length - 1)!,
            _ when actual.IsGenericType => MakeCollection(actual, name, n),
            _ => MakeRecord(actual, n),
        };
    }

    private static object MakeRecord(Type type, int n)
    {
        ParameterInfo[] parameters = Structure.ConstructorOf(type).GetParameters();
        return Structure.ConstructorOf(type).Invoke(
            [.. parameters.Select((parameter, index) => Make(parameter.ParameterType, parameter.Name!, n + index))]);
    }

    private static object MakeCollection(Type type, string name, int n)
    {
        Type definition = type.GetGenericTypeDefinition();
        Type[] arguments = type.GetGenericArguments();
        if (definition == typeof(ImmutableArray<>))
        {
            Array items = Array.CreateInstance(arguments[0], Items);
            for (int i = 0; i < Items; i++)
            {
                items.SetValue(Make(arguments[0], name, n + i), i);
            }

            return typeof(ImmutableArray).GetMethods()
                .Single(method => method.Name == nameof(ImmutableArray.CreateRange) && method.GetParameters().Length == 1)
                .MakeGenericMethod(arguments[0]).Invoke(null, [items])!;
        }

        if (definition == typeof(ImmutableSortedSet<>))
        {
            return ImmutableSortedSet.Create(StringComparer.Ordinal, $"{name}-a", $"{name}-b");
        }

        if (definition == typeof(ImmutableSortedDictionary<,>))
        {
            object empty = type.GetField("Empty")!.GetValue(null)!;
            MethodInfo set = type.GetMethod("SetItem")!;
            return Enumerable.Range(n, Items).Aggregate(
                empty, (map, i) => set.Invoke(map, [Make(arguments[0], "key", i), Make(arguments[1], name, i)])!);
        }

        throw new NotSupportedException($"make a sample of {type} here ({nameof(IEnumerable)} and records are known)");
    }
}
